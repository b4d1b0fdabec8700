namespace HQ.OAuth2;

/// <summary>The device authorization endpoint (RFC 8628 §3.1): what a device asks, and the two codes that it gets.</summary>
internal sealed class DeviceAuthorizationEndpoint(
    ClientAuthenticator clients,
    DeviceRequests devices,
    RequestLimits limits,
    ServerSettings settings
)
{
    public async ValueTask<Outcome<DeviceAuthorizationResponse>> HandleAsync(OAuthRequest request, CancellationToken ct)
    {
        // §3.1: as at the token endpoint, no parameter is sent twice, and none in the URI.
        if (request.Malformed() is { } malformed)
            return malformed;
        if (!limits.TryDeviceCode(request.RemoteAddress))
            return OAuthError.TooManyRequests.Because("limits:deviceCodesPerMinute is reached for this address");

        // §3.1: the client authenticates; a public client sends its client_id.
        if ((await clients.AuthenticateAsync(request, ct)).Failed(out var unauthenticated, out var client))
            return unauthenticated;
        if (!client.MayUse(OAuthGrantTypes.DeviceCode) || (client.IsSelfRegistered && !settings.Options.SelfRegisteredDevices))
            return OAuthError.UnauthorizedClient.Because(
                client.MayUse(OAuthGrantTypes.DeviceCode)
                    ? "selfRegisteredDevices is off"
                    : $"the client is registered for {string.Join(' ', client.GrantTypes)}"
            );

        // RFC 6749 §3.3: scope; RFC 8707 §2: resource.
        if (client.ResolveScope(request.Parameters["scope"], settings.Scopes).Failed(out var badScope, out var scope))
            return badScope;
        var policy = settings.Resources;
        if (policy.Resolve(request.Parameters.All("resource")).Failed(out var badTarget, out var resources))
            return badTarget;
        if (policy.ScopeMismatch(scope, resources) is { } mismatch)
            return mismatch;

        // What an address may ask, and what a client may, is stored; the rest is not.
        if (!limits.TryDeviceCodeOf(client.ClientId))
            return OAuthError.TooManyRequests.Because("limits:clientDeviceCodesPerMinute is reached for this client");
        var code = await devices.AddAsync(client, scope, resources, ct);
        return DeviceAuthorizationResponse.Of(code, settings);
    }
}
