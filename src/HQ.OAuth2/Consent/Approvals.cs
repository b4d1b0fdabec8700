namespace HQ.OAuth2;

/// <summary>What the user's answer, or a remembered one, makes of a request (RFC 6749 §4.1.2): an authorization with a code, or a refusal.</summary>
internal sealed class Approvals(
    StoredClients clients,
    FormAnswers answers,
    GrantHost host,
    EventPublisher events,
    ServerSettings settings,
    TimeProvider time
)
{
    /// <summary>A code that a form carries: its id is new, and nothing is stored until the form is answered.</summary>
    public AuthorizationCode NewCode() => AuthorizationCode.New(OAuthAuthorization.NewId(time.GetUtcNow()));

    /// <summary>§4.1.2: the user, or the remembered consent, said yes. The row is written before the code goes out.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="approval">Who said yes, to what and how.</param>
    /// <param name="ct">Cancels before anything is written.</param>
    /// <returns>
    /// The code; <see cref="OAuthError.AccessDenied"/> when none of the scope was granted; <see cref="OAuthError.AlreadyAnswered"/> for a
    /// form whose code is spent; <see cref="OAuthError.OrganizationNotChosen"/>; <see cref="OAuthError.RequestUriInvalid"/> for a pushed
    /// request that gave a code before.
    /// </returns>
    public async ValueTask<Outcome<AuthorizationCode>> ApproveAsync(AuthorizationRequest request, Approval approval, CancellationToken ct)
    {
        var code = approval.FormCode ?? NewCode();
        Func<OAuthAuthorization, ValueTask<OAuthError?>>? claim = approval.Pushed is { } pushed
            ? a => answers.ClaimAsync(pushed, a.Id)
            : null;
        return (
            await AddAsync(request, approval, code.Id, CodeFor(request, code), claim, isForm: approval.FormCode is not null, ct)
        ).Failed(out var error, out _)
            ? error
            : code;
    }

    /// <summary>RFC 8628 §3.3: the user said yes to a device. The device gets its tokens by the code that it has already.</summary>
    /// <param name="request">What the device asked.</param>
    /// <param name="approval">Who said yes, and to what.</param>
    /// <param name="claim">Makes this the one answer to the device, before the row is written; the error when there is another answer.</param>
    /// <param name="ct">Cancels before anything is written.</param>
    /// <returns>The scope that was granted, or an error as that of <see cref="ApproveAsync"/>.</returns>
    public ValueTask<Outcome<ScopeSet>> ApproveDeviceAsync(
        AuthorizationRequest request,
        Approval approval,
        Func<OAuthAuthorization, ValueTask<OAuthError?>> claim,
        CancellationToken ct
    ) => AddAsync(request, approval, request.Device!.Id, CodeFor(request.Device), claim, isForm: true, ct);

    private async ValueTask<Outcome<ScopeSet>> AddAsync(
        AuthorizationRequest request,
        Approval approval,
        string id,
        CodeFact code,
        Func<OAuthAuthorization, ValueTask<OAuthError?>>? claim,
        bool isForm,
        CancellationToken ct
    )
    {
        var scope = approval.Granted is { } granted ? request.Scope.Intersect(granted) : request.Scope;
        // A user who ticks no box grants nothing.
        if (scope.IsEmpty)
            return await RefuseAsync(request, approval.Subject);
        // The organization is one that the page named, and that the user still has.
        if (!await host.MayActForAsync(approval.Subject, approval.Organization, ct))
            return OAuthError.OrganizationNotChosen;
        var note = await host.NoteAsync(approval.User, ct);
        var context = await host.ContextAsync(approval.User, request.AcrValues, ct);
        // The back channel goes by the metadata document that is kept now, so it is kept before the code goes out.
        var client = await clients.KeepAsync(request.Client, ct);
        var authorization = New(request, approval, client, scope, id, code) with { PolicyNote = note, Context = context };
        if (claim is not null && await claim(authorization) is { } answered)
            return answered;
        if ((await answers.TryAddAsync(authorization, isForm)).Failed(out var spent, out var isNew))
            return spent;
        if (!isNew)
            return scope;
        await clients.NoteUseInPassingAsync(client, authorization.IssuedAt, time);
        await events.PublishAsync(
            new OAuthEvent.AuthorizationGranted(
                authorization.Id,
                authorization.Subject,
                authorization.ClientId,
                scope,
                request.Resources,
                UriText.DisplayHost(request.RedirectUri),
                approval.Asked,
                authorization.Organization
            )
        );
        return scope;
    }

    /// <summary>§4.1.2.1: the user said no.</summary>
    /// <returns>The error for the client.</returns>
    public async ValueTask<OAuthError> RefuseAsync(AuthorizationRequest request, string subject)
    {
        await events.PublishAsync(new OAuthEvent.AuthorizationRefused(subject, request.Client.ClientId, request.Scope));
        return OAuthError.AccessDenied;
    }

    private CodeFact CodeFor(AuthorizationRequest request, AuthorizationCode code) =>
        new()
        {
            Hash = IssuedText.Hash(code.Secret),
            Challenge = request.CodeChallenge,
            RedirectUri = request.RedirectUri,
            RedirectUriWasSent = request.RedirectUriWasSent,
            ExpiresAt = time.GetUtcNow() + settings.Options.AuthorizationCodeLifetime,
            Key = request.DpopKey,
        };

    // A user who answers at the last moment lets the device in all the same: its next poll comes a little later.
    private CodeFact CodeFor(DeviceFact device) =>
        new()
        {
            Hash = device.CodeHash,
            Challenge = null,
            RedirectUri = "",
            RedirectUriWasSent = false,
            ExpiresAt =
                time.GetUtcNow() + settings.Options.AuthorizationCodeLifetime is var soon && soon > device.ExpiresAt
                    ? soon
                    : device.ExpiresAt,
        };

    private OAuthAuthorization New(AuthorizationRequest request, Approval approval, Client client, ScopeSet scope, string id, CodeFact code)
    {
        var (now, options) = (time.GetUtcNow(), settings.Options);
        return new()
        {
            Id = id,
            Subject = approval.Subject,
            ClientId = client.ClientId,
            ClientCreatedAt = client.CreatedAt,
            IssuedAt = now,
            SignedInAt = approval.SignedInAt,
            Organization = approval.Organization,
            Scope = scope,
            Resources = request.Resources,
            WriteId = OAuthAuthorization.NewWriteId(),
            Code = code,
            Consent =
                approval.Asked && !code.IsDevice && RememberedConsent.MayBeUsed(request.Client, request.RedirectUri, options)
                    ? new(UriText.DisplayHost(request.RedirectUri), now + options.RememberConsentFor, request.Client.DocumentHash)
                    : null,
        };
    }
}
