namespace HQ.OAuth2;

/// <summary>The page where a user enters the code of a device (RFC 8628 §3.3): which request it is, and the user's answer to it.</summary>
internal sealed class DeviceEndpoint(DeviceRequests devices, ClientDirectory clients, EarlierConsents consents, Approvals approvals)
{
    /// <summary>The request of a user code, checked again for the client of now.</summary>
    /// <param name="code">The code that the user entered.</param>
    /// <param name="subject">The signed-in user: a stranger enters nothing.</param>
    /// <param name="address">The address of the user, for limits.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask<Outcome<DeviceRequest>> FindAsync(UserCode code, string subject, string? address, CancellationToken ct)
    {
        if ((await devices.EnterAsync(code, subject, address, ct)).Failed(out var unknown, out var asked))
            return unknown;
        if ((await clients.FindFreshAsync(asked.ClientId, () => new(subject), ct)).Failed(out var gone, out var client))
            return gone;
        if (!asked.IsOf(client) || !client.MayUse(OAuthGrantTypes.DeviceCode))
            return OAuthError.UserCodeUnknown.Because("the client was registered anew, or may not use this grant type any more");
        return new DeviceRequest(
            code,
            asked,
            new()
            {
                Client = client,
                Scope = ScopeSet.Parse(asked.Scope).Value,
                Resources = asked.Resources,
                Device = new(asked.Id, asked.CodeHash, code.Shown, DateTimeOffset.FromUnixTimeMilliseconds(asked.ExpiresAt)),
            }
        );
    }

    /// <inheritdoc cref="EarlierConsents.DescribeAsync"/>
    public ValueTask<ConsentModel> DescribeAsync(DeviceRequest device, string subject, CancellationToken ct) =>
        consents.DescribeAsync(device.Request, subject, ct);

    /// <summary>The user said yes: the device gets its tokens at its next poll.</summary>
    /// <returns>Null when that counts; <see cref="OAuthError.AccessDenied"/> when nothing of the scope was granted.</returns>
    public async ValueTask<OAuthError?> ApproveAsync(DeviceRequest device, Approval approval, CancellationToken ct)
    {
        var outcome = await approvals.ApproveDeviceAsync(
            device.Request,
            approval,
            row => devices.AnswerAsync(device.Code, device.Asked, PendingDevice.AnswerOf(row)),
            ct
        );
        if (!outcome.Failed(out var refused, out _))
            return null;
        // A user who ticks no box refuses.
        return refused.Id == OAuthError.AccessDenied.Id
            ? await devices.AnswerAsync(device.Code, device.Asked, PendingDevice.Denied) ?? refused
            : refused;
    }

    /// <summary>The user said no: the device is told so at its next poll.</summary>
    /// <returns>Null when that counts.</returns>
    public async ValueTask<OAuthError?> RefuseAsync(DeviceRequest device, string subject)
    {
        if (await devices.AnswerAsync(device.Code, device.Asked, PendingDevice.Denied) is { } answered)
            return answered;
        if (device.Asked.Answer is null)
            await approvals.RefuseAsync(device.Request, subject);
        return null;
    }
}

/// <summary>A request of a device, as its user sees it.</summary>
/// <param name="Code">The code that the user entered.</param>
/// <param name="Asked">The stored request.</param>
/// <param name="Request">The same for consent.</param>
internal sealed record DeviceRequest(UserCode Code, PendingDevice Asked, AuthorizationRequest Request)
{
    /// <summary>Whether the user, or somebody else, has answered.</summary>
    public bool IsAnswered => Asked.Answer is not null;
}
