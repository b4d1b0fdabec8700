namespace HQ.OAuth2;

/// <summary>Makes personal access tokens: an authorization that a user gives to a script, without a client.</summary>
internal sealed class PersonalTokens(
    FormAnswers answers,
    GrantHost host,
    EventPublisher events,
    RequestLimits limits,
    ServerSettings settings
)
{
    private const int MaxNameLength = 64;

    /// <summary>The scopes that a user may give to a token.</summary>
    /// <returns>The scopes; <see cref="OAuthError.PersonalTokensNotAllowed"/> when there is none.</returns>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<Outcome<ScopeSet>> ScopesAsync(System.Security.Claims.ClaimsPrincipal user, CancellationToken ct)
    {
        var scopes = await host.PersonalScopesAsync(user, ct) is { } own ? own.Intersect(settings.Scopes.All) : settings.Scopes.All;
        return scopes.IsEmpty ? OAuthError.PersonalTokensNotAllowed : scopes;
    }

    /// <summary>Makes a token. A form that is posted again gets the same token, as long as it was not removed.</summary>
    /// <param name="request">What the user wants.</param>
    /// <param name="ct">Cancels before anything is written.</param>
    /// <returns>
    /// The token and its row; <see cref="OAuthError.PersonalTokensNotAllowed"/>, <see cref="OAuthError.OrganizationNotChosen"/>,
    /// <see cref="OAuthError.InvalidField"/> with the field, <see cref="OAuthError.AlreadyAnswered"/> or
    /// <see cref="OAuthError.TooManyRequests"/>.
    /// </returns>
    /// <exception cref="UnavailableException">The host did not answer.</exception>
    public async ValueTask<Outcome<NewPersonalToken>> MakeAsync(PersonalTokenRequest request, CancellationToken ct)
    {
        var now = request.Now;
        // Never more than the user's own.
        if ((await ScopesAsync(request.User, ct)).Failed(out var forbidden, out var own))
            return forbidden;
        var name = DisplayName.Clean(request.Name);
        if (name.Length == 0 || request.Name.Length > MaxNameLength)
            return OAuthError.InvalidField.About("name", $"must have 1 to {MaxNameLength} visible characters");
        if (request.Scope.IsEmpty || !request.Scope.IsSubsetOf(own))
            return OAuthError.InvalidField.About("scope", $"must be some of '{own}', at least one");
        if (settings.Resources.Resolve(request.Resources).Failed(out _, out var resources))
            return OAuthError.InvalidField.About("resource", "must be resources of this server");
        // RFC 9449: a personal access token is bound to no key.
        if (settings.Resources.OneDemandsProof(resources))
            return OAuthError.InvalidField.About("resource", "must be resources that accept tokens without a proof (requireDpop)");
        if (settings.Resources.ScopeMismatch(request.Scope, resources) is not null)
            return OAuthError.InvalidField.About("scope", "has no meaning for these resources");
        // Tokens hold no fractions of a second.
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(request.ExpiresAt.ToUnixTimeSeconds());
        if (expiresAt <= now || expiresAt > now + settings.Options.PersonalAccessTokenLifetime)
            return OAuthError.InvalidField.About(
                "expires_at",
                $"must be in the future, at most {settings.Options.PersonalAccessTokenLifetime.TotalDays:0.##} days from now"
            );
        if (!await host.MayActForAsync(request.Subject, request.Organization, ct))
            return OAuthError.OrganizationNotChosen;
        var note = await host.NoteAsync(request.User, ct);
        if (!limits.TryPersonalToken(request.Subject, out var place))
            return OAuthError.TooManyRequests.Because("limits:personalAccessTokensPerHour is reached for this user");

        var token = request.FormToken ?? PersonalToken.New(now);
        var row = Row(request, token, name, resources, expiresAt) with { PolicyNote = note };
        var isNew = false;
        try
        {
            if ((await answers.TryAddAsync(row, isForm: request.FormToken is not null)).Failed(out var spent, out isNew))
                return spent;
        }
        finally
        {
            // A form that is posted again makes no token, and neither does a store that fails.
            if (!isNew)
                place.GiveBack();
        }

        if (isNew)
            await events.PublishAsync(
                new OAuthEvent.AuthorizationGranted(
                    row.Id,
                    row.Subject,
                    row.ClientId,
                    row.Scope,
                    row.Resources,
                    redirectHost: "",
                    asked: true,
                    row.Organization
                )
            );
        return new NewPersonalToken(token, ConnectedApp.Of(row, PersonalTokenClient.Value, settings, now));
    }

    private OAuthAuthorization Row(
        PersonalTokenRequest request,
        PersonalToken token,
        string name,
        IReadOnlyList<string> resources,
        DateTimeOffset expiresAt
    ) =>
        new()
        {
            Id = token.Code.Id,
            Subject = request.Subject,
            ClientId = PersonalTokenClient.Id,
            ClientCreatedAt = PersonalTokenClient.Value.CreatedAt,
            IssuedAt = request.Now,
            SignedInAt = request.SignedInAt,
            Organization = request.Organization,
            Scope = settings.Resources.Understood(request.Scope, resources),
            Resources = resources,
            WriteId = OAuthAuthorization.NewWriteId(),
            Code = new()
            {
                Hash = IssuedText.Hash(token.Code.Secret),
                Challenge = null,
                RedirectUri = "",
                RedirectUriWasSent = false,
                ExpiresAt = expiresAt,
            },
            Personal = new(name),
            AccessUntil = expiresAt,
        };
}

/// <summary>A personal access token that was just made. Its secret is shown now and never again.</summary>
/// <param name="Token">The token.</param>
/// <param name="App">Its entry in the list of the user.</param>
internal sealed record NewPersonalToken(PersonalToken Token, ConnectedApp App);
