using System.Text;

namespace HQ.OAuth2;

/// <summary>
/// The requests of devices, one ticket each, under the hash of the user code; the device code names the user code. Nothing else is stored before
/// the user approves.
/// </summary>
internal sealed class DeviceRequests(ITicketStore tickets, RequestLimits limits, ServerSettings settings, TimeProvider time)
{
    // Among a million requests at once, one in 25,000 new user codes is taken.
    private const int MaxTries = 5;

    /// <summary>Keeps a request until the user answers it (RFC 8628 §3.2).</summary>
    /// <exception cref="InvalidOperationException">The store refuses every new ticket.</exception>
    public async ValueTask<DeviceCode> AddAsync(Client client, ScopeSet scope, IReadOnlyList<string> resources, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var until = now + settings.Options.DeviceCodeLifetime;
        for (var i = 0; i < MaxTries; i++)
        {
            var code = DeviceCode.New(now);
            var pending = new PendingDevice
            {
                Id = code.Code.Id,
                CodeHash = IssuedText.Hash(code.Code.Secret),
                ClientId = client.ClientId,
                ClientCreatedAt = client.CreatedAt.ToUnixTimeMilliseconds(),
                Scope = scope.ToString(),
                Resources = resources,
                ExpiresAt = until.ToUnixTimeMilliseconds(),
            };
            if (await tickets.TryAddAsync(Key(code.UserCode), pending.ToTicket(), until, ct))
                return code;
        }

        throw new InvalidOperationException($"{tickets.GetType()} refused {MaxTries} new tickets: does TryAddAsync look at the key?");
    }

    /// <summary>The request of a user code; null when there is none any more.</summary>
    public async ValueTask<PendingDevice?> FindAsync(UserCode code, CancellationToken ct) =>
        await tickets.FindAsync(Key(code), ct) is { } ticket ? PendingDevice.OfTicket(ticket) : null;

    /// <summary>
    /// The request whose user code a person entered. Wrong codes are limited for the user and for the address (§5.1), before the store is asked.
    /// </summary>
    /// <returns>
    /// The request, which may have an answer; <see cref="OAuthError.UserCodeUnknown"/> for a code that is wrong or expired: nobody is told
    /// which; <see cref="OAuthError.TooManyUserCodes"/>.
    /// </returns>
    public async ValueTask<Outcome<PendingDevice>> EnterAsync(UserCode code, string subject, string? address, CancellationToken ct)
    {
        if (!limits.TryUserCode(subject, address, out var attempt))
            return OAuthError.TooManyUserCodes;
        // A failure of the store is no wrong code.
        PendingDevice? found;
        try
        {
            found = await FindAsync(code, ct);
        }
        catch (Exception)
        {
            attempt.GiveBack();
            throw;
        }

        if (found is null)
            return OAuthError.UserCodeUnknown.Because("there is no such request (any more)");
        attempt.GiveBack();
        return found;
    }

    /// <summary>Gives a request its answer, once: of several answers the first counts.</summary>
    /// <returns>Null when this answer counts; <see cref="OAuthError.AlreadyAnswered"/> when another one came first, or the time is over.</returns>
    public async ValueTask<OAuthError?> AnswerAsync(UserCode code, PendingDevice asked, string answer)
    {
        // A write that has begun does not follow the caller's connection.
        var answered = (asked with { Answer = answer }).ToTicket();
        if (asked.Answer is null && await tickets.TryReplaceAsync(Key(code), asked.Ticket!, answered, CancellationToken.None))
            return null;
        // The form may have been posted before, or the answer of that write was lost.
        return await FindAsync(code, CancellationToken.None) is { } now && now.Id == asked.Id && now.Answer == answer
            ? null
            : OAuthError.AlreadyAnswered.Because("the request of the device has another answer, or has expired");
    }

    private static string Key(UserCode code) => "device:" + Convert.ToHexStringLower(IssuedText.Hash(Encoding.ASCII.GetBytes(code.Text)));
}
