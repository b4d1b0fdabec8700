namespace HQ.OAuth2;

/// <summary>How often unknown callers may do something per minute, counted in this process.</summary>
internal sealed class RequestLimits(ServerSettings settings, TimeProvider time)
{
    // Enough that a burst from one address, which has its own limit, leaves room for others.
    private const int ChecksPerBcrypt = 16;

    // Several users share an address, and one user may have several accounts.
    private const int UsersPerAddress = 4;

    // Of the checks at the same time, one of so many may be for a client that does not exist: strangers take no place from clients.
    private const int ShareOfNobody = 4;

    // No client has one of these as its id.
    private const string AnonymousIntrospection = "(anonymous introspection)";
    private const string UnknownClient = "(unknown client)";

    private readonly MinuteLimit registrations = new(time);
    private readonly MinuteLimit failures = new(time);
    private readonly MinuteLimit pushes = new(time);
    private readonly MinuteLimit deviceCodes = new(time);
    private readonly MinuteLimit clientDeviceCodes = new(time);
    private readonly MinuteLimit userCodes = new(time, settings.Options.DeviceCodeLifetime);
    private readonly MinuteLimit addressUserCodes = new(time, settings.Options.DeviceCodeLifetime);
    private readonly MinuteLimit personalTokens = new(time, TimeSpan.FromHours(1));
    private readonly NetworkLimits networks = new(settings.Options.Limits);
    private int checks;

    /// <summary>Counts a registration; false when the address has reached its limit.</summary>
    public bool TryRegister(string? address) =>
        registrations.TryTake(address ?? "", networks.RegistrationsPerMinute(address)) || Reached("registrations");

    /// <summary>Counts a pushed request of a client that anybody can be; false when the address has reached its limit.</summary>
    public bool TryPush(string? address) =>
        pushes.TryTake(address ?? "", settings.Options.Limits.PushedRequestsPerMinute) || Reached("pushed_requests");

    /// <summary>Counts a request of a device; false when the address has reached its limit.</summary>
    public bool TryDeviceCode(string? address) =>
        deviceCodes.TryTake(address ?? "", settings.Options.Limits.DeviceCodesPerMinute) || Reached("device_codes");

    /// <summary>Counts a device code for a client; false when the client has reached its limit, whatever the addresses.</summary>
    public bool TryDeviceCodeOf(string clientId) =>
        clientDeviceCodes.TryTake(clientId, settings.Options.Limits.ClientDeviceCodesPerMinute) || Reached("client_device_codes");

    /// <summary>
    /// Takes the place of one personal access token of a user; false when the user has reached the limit. Give it back when none was made.
    /// </summary>
    public bool TryPersonalToken(string subject, out MinuteLimit.Place place) =>
        personalTokens.TryTake(subject, settings.Options.Limits.PersonalAccessTokensPerHour, out place)
        || Reached("personal_access_tokens");

    /// <summary>
    /// Takes the place of one wrong user code, of a user and of an address, for the lifetime of a device code (RFC 8628 §5.1). Give it back when
    /// the code is right.
    /// </summary>
    public bool TryUserCode(string subject, string? address, out Attempt attempt)
    {
        var limit = settings.Options.Limits.WrongUserCodes;
        attempt = default;
        if (!userCodes.TryTake(subject, limit, out var ofUser))
            return Reached("user_codes");
        if (!addressUserCodes.TryTake(address ?? "", limit * UsersPerAddress, out var ofAddress))
        {
            ofUser.GiveBack();
            return Reached("user_codes");
        }

        attempt = new(ofUser, ofAddress);
        return true;
    }

    /// <summary>
    /// Takes the place of one guess at a client from an address, before any slow work is done for it (RFC 6749 §2.3.1). The place becomes free
    /// when the guess is disposed, unless the guess was wrong.
    /// </summary>
    /// <param name="clientId">The client.</param>
    /// <param name="address">The address; null = not known.</param>
    /// <param name="isSlow">Whether the check computes, so that it counts among those for all clients together.</param>
    /// <returns>
    /// The guess; <see cref="OAuthError.TooManyRequests"/> when as many were wrong or are being checked as the limit allows;
    /// <see cref="OAuthError.TooManyChecks"/> when too many are being checked for all clients together.
    /// </returns>
    public Outcome<Guess> TryGuess(string clientId, string? address, bool isSlow)
    {
        if (!failures.TryTake(Key(clientId, address), settings.Options.Limits.FailedAuthenticationsPerMinute, out var place))
        {
            Reached("failed_authentications");
            return OAuthError.TooManyRequests.Because("limits:failedAuthenticationsPerMinute is reached for this client and address");
        }

        var guess = new Guess(this, place, isSlow);
        if (!isSlow || Interlocked.Increment(ref checks) <= MaxChecks)
            return guess;
        guess.Dispose();
        Reached("secret_checks");
        return OAuthError.TooManyChecks.Because(
            $"{MaxChecks} secrets are being checked, {ChecksPerBcrypt} for each of limits:bcryptConcurrency"
        );
    }

    /// <summary>
    /// Takes the place of one check for a client that does not exist; null when the address has had its number, or when others need the places.
    /// It refuses no request, so no limit counts as reached.
    /// </summary>
    public Guess? TryGuessAtNobody(string? address)
    {
        if (!failures.TryTake(Key(UnknownClient, address), settings.Options.Limits.FailedAuthenticationsPerMinute, out var place))
            return null;
        var guess = new Guess(this, place, isSlow: true);
        if (Interlocked.Increment(ref checks) <= MaxChecks / ShareOfNobody)
            return guess;
        guess.Dispose();
        return null;
    }

    /// <summary>False when an address has reached its limit of unknown tokens, on a server where anyone may introspect (RFC 7662 §4).</summary>
    public bool MayIntrospect(string? address) =>
        !failures.IsReached(Key(AnonymousIntrospection, address), settings.Options.Limits.FailedAuthenticationsPerMinute)
        || Reached("introspections");

    /// <summary>
    /// Counts an unknown token that an address sent; false when the limit is reached, and the answer must not tell that the token is unknown.
    /// </summary>
    public bool TryIntrospectUnknown(string? address) =>
        failures.TryTake(Key(AnonymousIntrospection, address), settings.Options.Limits.FailedAuthenticationsPerMinute)
        || Reached("introspections");

    private int MaxChecks =>
        settings.Options.Limits.BcryptConcurrency is > 0 and var n ? (int)Math.Min((long)n * ChecksPerBcrypt, int.MaxValue) : int.MaxValue;

    private static bool Reached(string limit)
    {
        HqOAuth2Telemetry.LimitsReached.Add(1, new KeyValuePair<string, object?>("limit", limit));
        return false;
    }

    private static string Key(string clientId, string? address) => $"{address} {clientId}";

    /// <summary>One user code that may be wrong.</summary>
    internal readonly record struct Attempt(MinuteLimit.Place OfUser, MinuteLimit.Place OfAddress)
    {
        /// <summary>The code is right, or nobody could tell.</summary>
        public void GiveBack()
        {
            OfUser.GiveBack();
            OfAddress.GiveBack();
        }
    }

    /// <summary>One check of a proof that may be wrong.</summary>
    internal sealed class Guess(RequestLimits limits, MinuteLimit.Place place, bool isSlow) : IDisposable
    {
        private bool wasWrong;

        /// <summary>The place stays taken for the rest of its minute.</summary>
        public void WasWrong() => wasWrong = true;

        public void Dispose()
        {
            if (isSlow)
                Interlocked.Decrement(ref limits.checks);
            if (!wasWrong)
                place.GiveBack();
        }
    }
}
