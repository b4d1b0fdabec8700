using System.Security.Claims;

namespace HQ.OAuth2;

/// <summary>The authorization endpoint (RFC 6749 §3.1 and §4.1, RFC 7636, RFC 8707, RFC 9207): what a request asks, and where its answer goes.</summary>
internal sealed class AuthorizeEndpoint(
    ClientDirectory clients,
    EarlierConsents consents,
    Approvals approvals,
    GrantHost host,
    ServerSettings settings
)
{
    /// <summary>§4.1.1: reads the request and checks all of it. Nothing is stored.</summary>
    /// <param name="parameters">The request.</param>
    /// <param name="isPushed">Whether its client pushed it (RFC 9126).</param>
    /// <param name="findSubject">Who is signed in, or null; asked only when the client's metadata document has to be fetched.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<AuthorizeResult> ValidateAsync(
        OAuthParameters parameters,
        bool isPushed,
        Func<ValueTask<string?>> findSubject,
        CancellationToken ct
    )
    {
        // §4.1.2.1: as long as client or redirect URI are in doubt, only the user is told.
        foreach (var name in new[] { "client_id", "redirect_uri" })
        {
            if (parameters.IsRepeated(name))
                return Page(OAuthError.RepeatedParameter(name));
        }

        if (parameters["client_id"] is not { } clientId)
            return Page(OAuthError.MissingParameter("client_id"));
        if ((await clients.FindFreshAsync(clientId, findSubject, ct)).Failed(out var unknown, out var client))
            // As long as the document is not read, nothing that the request says is known to be the client's: no redirect.
            return unknown != OAuthError.LoginRequired || MustNotAsk(parameters) ? Page(unknown) : new AuthorizeResult.SignIn();
        return Check(parameters, client, isPushed);
    }

    /// <summary>The checks of a request whose client is known; no parameter is looked up anywhere.</summary>
    public AuthorizeResult Check(OAuthParameters parameters, Client client, bool isPushed)
    {
        if (parameters["client_id"] is null)
            return Page(OAuthError.MissingParameter("client_id"));

        // §3.1.2.3: the redirect URI, one of this client's, compared as a string.
        var sent = parameters["redirect_uri"];
        if (sent is null && (client.RedirectUris.Count != 1 || settings.IsFapi2))
            return Page(OAuthError.RedirectUriMissing);
        var redirectUri = sent ?? client.RedirectUris[0];
        if (!RedirectUris.Matches(redirectUri, client.RedirectUris, client.ProvesItself ? ClientType.Confidential : ClientType.Public))
            return Page(
                OAuthError.RedirectUriMismatch.Because(
                    $"redirect_uri is '{redirectUri}', registered is '{string.Join(' ', client.RedirectUris)}': they must be equal as text"
                )
            );

        // A store may hold what registration would refuse: nobody is ever sent there (RFC 9700 §4.11, RFC 8252 §8.4).
        if (RedirectUris.NeverAllowed(redirectUri) is { } problem)
            return Page(
                OAuthError.RedirectUriNeverAllowed.Because($"redirect_uris of client '{client.ClientId}' has '{redirectUri}'. {problem}")
            );

        // From here on the client may be told, with its own state (§4.1.2.1) unless that is what is wrong (Appendix A.5).
        var state = parameters.IsRepeated("state") ? null : parameters["state"];
        if (state is not null && state.Any(char.IsControl))
            return Redirect(OAuthError.MalformedState, client, redirectUri, null);
        if (!isPushed && MustPush(client))
            return Redirect(OAuthError.PushNeeded, client, redirectUri, state);
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

        // RFC 9101: a request inside a signed text is not read, so nothing beside it may count either.
        if (parameters["request"] is not null)
            return OAuthError.RequestObjectUnsupported;

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

        // RFC 9449 §10: the key that the code is for.
        if (parameters[PushedRequests.KeyParameter] is { } key && !ProvenKey.IsThumbprint(key))
            return OAuthError.MalformedParameter(PushedRequests.KeyParameter);

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

        // RFC 9470 §4: the kind of sign-in. A host that does not tell kinds apart does not know the parameter.
        IReadOnlyList<string> contexts = [];
        if (host.Contexts is not null && parameters[AcrValues.Parameter] is { } asked && !AcrValues.TryRead(asked, out contexts))
            return OAuthError.MalformedParameter(AcrValues.Parameter);

        return new AuthorizationRequest
        {
            Client = client,
            RedirectUri = redirectUri,
            RedirectUriWasSent = redirectUriWasSent,
            Scope = scope,
            Resources = resources,
            State = state,
            CodeChallenge = challenge,
            DpopKey = parameters[PushedRequests.KeyParameter],
            MustAsk = prompt.Contains("consent") || FreshSignIn.WantsNew(prompt),
            MustNotAsk = MustNotAsk(parameters),
            SignInAgain = FreshSignIn.WantsNew(prompt),
            WantsAccountChosen = FreshSignIn.WantsAccountChosen(prompt),
            MaxAge = maxAge,
            AcrValues = contexts,
        };
    }

    private static bool MustNotAsk(OAuthParameters parameters) => FreshSignIn.Prompt(parameters).Contains("none");

    /// <summary>RFC 9470 §5: whether the session of a user, if there is one, is of a kind that the request asks for.</summary>
    public async ValueTask<StepUp> CompareContextAsync(AuthorizationRequest request, ClaimsPrincipal? user, CancellationToken ct) =>
        request.AcrValues.Count == 0
            ? StepUp.Met
            : StepUpRule.Of(
                request.AcrValues,
                user is null ? null : await host.ContextAsync(user, request.AcrValues, ct),
                host.Contexts ?? []
            );

    /// <summary>What the host's sign-in is told of a request that is not validated yet.</summary>
    public SignInWish WishOf(OAuthParameters parameters) =>
        new(
            FreshSignIn.PromptOf(parameters),
            FreshSignIn.MaxAgeOf(parameters),
            host.Contexts is not null && parameters[AcrValues.Parameter] is { } asked && AcrValues.TryRead(asked, out var contexts)
                ? contexts
                : []
        );

    /// <inheritdoc cref="EarlierConsents.FindCoveringAsync"/>
    public ValueTask<OAuthAuthorization?> FindRememberedAsync(AuthorizationRequest request, string subject, CancellationToken ct) =>
        consents.FindCoveringAsync(request, subject, ct);

    /// <inheritdoc cref="EarlierConsents.DescribeAsync"/>
    public ValueTask<ConsentModel> DescribeAsync(AuthorizationRequest request, string? subject, CancellationToken ct) =>
        consents.DescribeAsync(request, subject, ct);

    /// <inheritdoc cref="Approvals.NewCode"/>
    public AuthorizationCode NewCode() => approvals.NewCode();

    /// <inheritdoc cref="Approvals.ApproveAsync"/>
    public ValueTask<Outcome<AuthorizationCode>> ApproveAsync(AuthorizationRequest request, Approval approval, CancellationToken ct) =>
        approvals.ApproveAsync(request, approval, ct);

    /// <inheritdoc cref="Approvals.RefuseAsync"/>
    public ValueTask<OAuthError> RefuseAsync(AuthorizationRequest request, string subject) => approvals.RefuseAsync(request, subject);

    /// <summary>§4.1.2: where to redirect with a code.</summary>
    public string CodeLocation(AuthorizationRequest request, AuthorizationCode code) =>
        FormEncoding.AppendQuery(request.RedirectUri, ("code", code.ToWire()), ("state", request.State), ("iss", settings.Issuer.Value));

    /// <summary>§4.1.2.1: where to redirect with an error. RFC 9207 §2: iss on errors too.</summary>
    public string ErrorLocation(string redirectUri, string? state, OAuthError error) =>
        FormEncoding.AppendQuery(
            redirectUri,
            ("error", error.Code),
            ("error_description", error.Describe(settings.ErrorDetail)),
            ("error_uri", error.Explanation(settings.ErrorDetail)),
            ("state", state),
            ("iss", settings.Issuer.Value)
        );

    private static AuthorizeResult.ErrorRedirect Redirect(OAuthError error, Client client, string redirectUri, string? state) =>
        new(error, client, redirectUri, state);

    private static AuthorizeResult.ErrorPage Page(OAuthError error) => new(error);

    // RFC 9126 §5, §6: the server demands it, or the client did. A server without the endpoint does not know the client's demand.
    private bool MustPush(Client client) =>
        settings.Options.PushedAuthorizationRequests
        && (settings.RequiresPushedRequests || client.RequirePushedAuthorizationRequests == true);

    private bool MustUsePkce(Client client) =>
        settings.IsFapi2 || !client.ProvesItself || client.IsSelfRegistered || (client.RequirePkce ?? settings.Options.RequirePkce);
}
