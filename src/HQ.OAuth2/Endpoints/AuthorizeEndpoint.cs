using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace HQ.OAuth2;

/// <summary>The authorization endpoint (RFC 6749 §3.1 and §4.1, RFC 7636, RFC 8707, RFC 9207).</summary>
internal sealed class AuthorizeEndpoint(
    ClientDirectory clients,
    AuthorizationLoop authorizations,
    AnsweredForms answers,
    EventPublisher events,
    ServerSettings settings,
    TimeProvider time,
    ILogger<AuthorizeEndpoint> logger
)
{
    private readonly HqOAuth2Options options = settings.Options;
    private (string Client, string Subject, IReadOnlyList<OAuthAuthorization> Rows)? given;

    /// <summary>§4.1.1: reads the request and checks all of it. Nothing is stored.</summary>
    /// <param name="parameters">The request.</param>
    /// <param name="findSubject">Who is signed in, or null; asked only when the client's metadata document has to be fetched.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<AuthorizeResult> ValidateAsync(
        OAuthParameters parameters,
        Func<ValueTask<string?>> findSubject,
        CancellationToken ct
    )
    {
        // §4.1.2.1: as long as client or redirect URI are in doubt, only the user is told.
        foreach (var name in new[] { "client_id", "redirect_uri" })
        {
            if (parameters.IsRepeated(name))
                return Page(OAuthError.RepeatedParameter(name), parameters);
        }

        if (parameters["client_id"] is not { } clientId)
            return Page(OAuthError.MissingParameter("client_id"), parameters);
        if ((await clients.FindFreshAsync(clientId, findSubject, ct)).Failed(out var unknown, out var client))
            // As long as the document is not read, nothing that the request says is known to be the client's: no redirect.
            return unknown != OAuthError.LoginRequired || MustNotAsk(parameters) ? Page(unknown, parameters) : new AuthorizeResult.SignIn();

        // §3.1.2.3: the redirect URI, one of this client's, compared as a string.
        var sent = parameters["redirect_uri"];
        if (sent is null && client.RedirectUris.Count != 1)
            return Page(OAuthError.RedirectUriMissing, parameters);
        var redirectUri = sent ?? client.RedirectUris[0];
        if (!RedirectUris.Matches(redirectUri, client.RedirectUris, client.ProvesItself ? ClientType.Confidential : ClientType.Public))
            return Page(
                OAuthError.RedirectUriMismatch.Because(
                    $"redirect_uri is '{redirectUri}', registered is '{string.Join(' ', client.RedirectUris)}': they must be equal as text"
                ),
                parameters
            );

        // A store may hold what registration would refuse: nobody is ever sent there (RFC 9700 §4.11, RFC 8252 §8.4).
        if (RedirectUris.NeverAllowed(redirectUri) is { } problem)
            return Page(
                OAuthError.RedirectUriNeverAllowed.Because($"redirect_uris of client '{clientId}' has '{redirectUri}'. {problem}"),
                parameters
            );

        // From here on the client may be told, with its own state (§4.1.2.1) unless that is what is wrong (Appendix A.5).
        var state = parameters.IsRepeated("state") ? null : parameters["state"];
        if (state is not null && state.Any(char.IsControl))
            return Redirect(OAuthError.MalformedState, client, redirectUri, null);
        return Examine(parameters, client, redirectUri, sent is not null, state).Failed(out var error, out var request)
            ? Redirect(error, client, redirectUri, state)
            : new AuthorizeResult.Valid(request);
    }

    private Outcome<AuthorizationRequest> Examine(
        OAuthParameters parameters,
        Client client,
        string redirectUri,
        bool redirectUriWasSent,
        string? state
    )
    {
        // §3.1: no parameter twice.
        if (parameters.Repeated is { } repeated)
            return OAuthError.RepeatedParameter(repeated);

        // §3.1.1: response_type; the answer goes into the query.
        if (parameters["response_type"] is not { } responseType)
            return OAuthError.MissingParameter("response_type");
        if (responseType != "code")
            return OAuthError.UnsupportedResponseType;
        if (parameters["response_mode"] is not (null or "query"))
            return OAuthError.UnsupportedResponseMode;
        if (!client.MayUse(OAuthGrantTypes.AuthorizationCode))
            return OAuthError.UnauthorizedClient;

        // RFC 7636 §4.4.1: PKCE, S256 only. A method alone is malformed, a challenge alone means plain.
        var (challenge, method) = (parameters["code_challenge"], parameters["code_challenge_method"]);
        if (challenge is null && (method is not null || MustUsePkce(client)))
            return OAuthError.ChallengeMissing;
        if (challenge is not null && method != Pkce.Method)
            return OAuthError.ChallengeMethodUnsupported.Because($"code_challenge_method is {method ?? "absent, which means plain"}");
        if (challenge is not null && !Pkce.IsChallenge(challenge))
            return OAuthError.ChallengeMalformed;

        // §3.3: scope; RFC 8707 §2: resource.
        if (client.ResolveScope(parameters["scope"], settings.Scopes).Failed(out var badScope, out var scope))
            return badScope;
        var policy = settings.Resources;
        if (policy.Resolve(parameters.All("resource")).Failed(out var badTarget, out var resources))
            return badTarget;
        if (policy.ScopeMismatch(scope, resources) is { } mismatch)
            return mismatch;

        // OpenID Connect Core §3.1.2.1: whether the user is to sign in again, and whether anything may be shown.
        var prompt = FreshSignIn.Prompt(parameters);
        if (prompt.Contains("none") && prompt.Any(p => p != "none"))
            return OAuthError.MalformedParameter("prompt");
        TimeSpan? maxAge = null;
        if (parameters["max_age"] is { } seconds)
        {
            if (!FreshSignIn.TryReadMaxAge(seconds, out var age))
                return OAuthError.MalformedParameter("max_age");
            maxAge = age;
        }

        return new AuthorizationRequest
        {
            Client = client,
            RedirectUri = redirectUri,
            RedirectUriWasSent = redirectUriWasSent,
            Scope = scope,
            Resources = resources,
            State = state,
            CodeChallenge = challenge,
            MustAsk = prompt.Contains("consent") || FreshSignIn.WantsNew(prompt),
            MustNotAsk = MustNotAsk(parameters),
            SignInAgain = FreshSignIn.WantsNew(prompt),
            WantsAnotherAccount = prompt.Contains("select_account"),
            MaxAge = maxAge,
        };
    }

    private static bool MustNotAsk(OAuthParameters parameters) => FreshSignIn.Prompt(parameters).Contains("none");

    /// <summary>Whether the user's answer to an earlier request covers this one, by the one rule.</summary>
    public async ValueTask<bool> IsRememberedAsync(AuthorizationRequest request, string subject, CancellationToken ct) =>
        !request.MustAsk
        && options.RememberConsentFor > TimeSpan.Zero
        && RememberedConsent.MayBeUsed(request.Client, request.RedirectUri, options)
        && RememberedConsent.Covers(request, await GivenAsync(request.Client, subject, ct), options, time.GetUtcNow());

    /// <summary>What the user is to be told about a request (§10.2).</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="subject">Who is to be asked, so that what is allowed already can be told apart; null = nobody yet.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<ConsentModel> DescribeAsync(AuthorizationRequest request, string? subject, CancellationToken ct) =>
        ConsentModel.Of(
            request,
            await clients.ImitatesAsync(request.Client, ct),
            subject is null ? ScopeSet.Empty : LiveScope(request.Client, await GivenAsync(request.Client, subject, ct)),
            settings
        );

    // Only a login that was carried through, or remembered, is something the user knows to have allowed.
    private ScopeSet LiveScope(Client client, IReadOnlyList<OAuthAuthorization> rows)
    {
        var now = time.GetUtcNow();
        return ScopeSet.Of(rows.Where(a => a.IsOf(client) && a.IsLive(now)).SelectMany(a => a.Scope));
    }

    // What may be remembered and what a page folds is read once in a request.
    private async ValueTask<IReadOnlyList<OAuthAuthorization>> GivenAsync(Client client, string subject, CancellationToken ct)
    {
        if (given is not { } known || (known.Client, known.Subject) != (client.ClientId, subject))
            given = known = (client.ClientId, subject, await authorizations.ListAsync(subject, client.ClientId, ct));
        return known.Rows;
    }

    /// <summary>The code that a form carries: its id is new, and nothing is stored until the form is answered.</summary>
    public AuthorizationCode NewCode() => AuthorizationCode.New(Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));

    /// <summary>§4.1.2: the user, or the remembered consent, said yes. The row is written before the code goes out.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="approval">Who said yes, to what and how.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Where to redirect, with the code; <see cref="OAuthError.AlreadyAnswered"/> for a form whose code is spent.</returns>
    public async ValueTask<Outcome<string>> ApproveAsync(AuthorizationRequest request, Approval approval, CancellationToken ct)
    {
        var (subject, granted, asked) = (approval.Subject, approval.Granted, approval.Asked);
        var now = time.GetUtcNow();
        var scope = granted is null ? request.Scope : request.Scope.Intersect(granted);
        // Who ticks nothing grants nothing.
        if (scope.IsEmpty)
            return await RefuseAsync(request, subject);
        // The back channel goes by the metadata document that is kept now, so it is kept before the code goes out.
        var client = await clients.KeepAsync(request.Client, ct);
        var code = approval.FormCode ?? NewCode();
        var authorization = new OAuthAuthorization
        {
            Id = code.Id,
            Subject = subject,
            ClientId = client.ClientId,
            ClientCreatedAt = client.CreatedAt,
            IssuedAt = now,
            SignedInAt = approval.SignedInAt,
            Scope = scope,
            Resources = request.Resources,
            WriteId = OAuthAuthorization.NewWriteId(),
            Code = new()
            {
                Hash = IssuedText.Hash(code.Secret),
                Challenge = request.CodeChallenge,
                RedirectUri = request.RedirectUri,
                RedirectUriWasSent = request.RedirectUriWasSent,
                ExpiresAt = now + options.AuthorizationCodeLifetime,
            },
            Consent =
                asked && RememberedConsent.MayBeUsed(request.Client, request.RedirectUri, options)
                    ? new(UriText.DisplayHost(request.RedirectUri), now + options.RememberConsentFor, request.Client.DocumentHash)
                    : null,
        };
        // A form posted twice finds the row of its first answer under the id that it carries. Row and note do not follow the caller's
        // connection: a row without its note could come back after it was revoked.
        var stored = await authorizations.AddAsync(authorization, CancellationToken.None);
        if (stored.WriteId != authorization.WriteId)
            return IsSameAnswer(stored, authorization, now)
                ? CodeLocation(request, code)
                : OAuthError.AlreadyAnswered.Because("the code of this form is redeemed or expired, or was issued for another answer");
        if (approval.FormCode is not null && !await IsFirstAnswerAsync(code.Id, now))
            return OAuthError.AlreadyAnswered.Because("the authorization that this form gave was revoked");

        await clients.NoteUseInPassingAsync(client, now, time);
        logger.Granted(code.Id, subject, request.Client.ClientId, scope);
        await events.PublishAsync(
            new OAuthEvent.AuthorizationGranted(
                code.Id,
                subject,
                request.Client.ClientId,
                scope,
                request.Resources,
                UriText.DisplayHost(request.RedirectUri),
                asked
            )
        );
        return CodeLocation(request, code);
    }

    // False when there was an answer before, and its row is gone: what was revoked stays revoked.
    private async ValueTask<bool> IsFirstAnswerAsync(string authorizationId, DateTimeOffset now)
    {
        var isFirst = false;
        try
        {
            return isFirst = await answers.TryRecordApprovalAsync(authorizationId, now);
        }
        finally
        {
            // Also when the note fails: a row without it could come back after it was revoked.
            if (!isFirst)
                await authorizations.RemoveAsync(authorizationId);
        }
    }

    private string CodeLocation(AuthorizationRequest request, AuthorizationCode code) =>
        FormEncoding.AppendQuery(request.RedirectUri, ("code", code.ToWire()), ("state", request.State), ("iss", options.IssuerURL));

    // The handle binds the code to the request; who answered is compared too. A code that cannot be redeemed is not sent again: the client
    // would redeem it, and a replay ends what the first use got (OAuth 2.1 §7.5.2).
    private static bool IsSameAnswer(OAuthAuthorization stored, OAuthAuthorization answer, DateTimeOffset now) =>
        stored.Subject == answer.Subject
        && stored.ClientId == answer.ClientId
        && stored.Scope.Equals(answer.Scope)
        && stored.ClientCreatedAt.ToUnixTimeMilliseconds() == answer.ClientCreatedAt.ToUnixTimeMilliseconds()
        && CryptographicOperations.FixedTimeEquals(stored.Code.Hash, answer.Code.Hash)
        && stored.Code.RedeemedAt is null
        && now < stored.Code.ExpiresAt;

    /// <summary>§4.1.2.1: the user said no. Returns where to redirect.</summary>
    public async ValueTask<string> RefuseAsync(AuthorizationRequest request, string subject)
    {
        await events.PublishAsync(new OAuthEvent.AuthorizationRefused(subject, request.Client.ClientId, request.Scope));
        return ErrorLocation(request, OAuthError.AccessDenied);
    }

    /// <summary>§4.1.2.1: where to redirect with an error of a request that was valid: the user's no, or a failure of ours.</summary>
    public string ErrorLocation(AuthorizationRequest request, OAuthError error)
    {
        logger.Refused("authorize", request.Client.ClientId, error);
        return ErrorLocation(request.RedirectUri, request.State, error);
    }

    private AuthorizeResult.ErrorRedirect Redirect(OAuthError error, Client client, string redirectUri, string? state)
    {
        logger.Refused("authorize", client.ClientId, error);
        return new(error, ErrorLocation(redirectUri, state, error), client, redirectUri);
    }

    private AuthorizeResult.ErrorPage Page(OAuthError error, OAuthParameters parameters)
    {
        logger.Refused("authorize", parameters["client_id"], error);
        return new(error);
    }

    // RFC 9207 §2: iss on errors too.
    private string ErrorLocation(string redirectUri, string? state, OAuthError error) =>
        FormEncoding.AppendQuery(
            redirectUri,
            ("error", error.Code),
            ("error_description", error.Describe(settings.ErrorDetail)),
            ("error_uri", error.Explanation(settings.ErrorDetail)),
            ("state", state),
            ("iss", options.IssuerURL)
        );

    private bool MustUsePkce(Client client) =>
        !client.ProvesItself || client.IsSelfRegistered || (client.RequirePkce ?? options.RequirePkce);
}
