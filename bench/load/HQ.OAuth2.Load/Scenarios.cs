using System.Diagnostics;

namespace HQ.OAuth2.Load;

/// <summary>The flows that are measured.</summary>
internal static class Scenarios
{
    private const int TokensPerConnection = 4;

    public static readonly Scenario[] All =
    [
        new("metadata", _ => true, Metadata),
        new("client_credentials", _ => true, ClientCredentials),
        new("login-public", _ => true, (visitor, _) => Login(visitor, Setup.PublicClient)),
        new("login-confidential", _ => true, (visitor, _) => Login(visitor, Setup.ConfidentialClient)),
        new("refresh", _ => true, Refresh),
        new("introspection", s => s.Endpoints.Introspect is not null, Introspect),
        new("revocation", s => s.Endpoints.Revoke is not null && s.Kind.Store != "nothing", Revoke),
        new("registration", s => s.Endpoints.Register is not null, (visitor, _) => Register(visitor, "none")),
        new("registration-secret", s => s.Endpoints.Register is not null, (visitor, _) => Register(visitor, "client_secret_basic")),
    ];

    private static Flow Metadata(Visitor visitor, TimeSpan time)
    {
        var request = visitor.GetRequest(Endpoints.Metadata);
        return () =>
        {
            visitor.Send(request).Expect(200, "\"issuer\""u8);
            return true;
        };
    }

    private static Flow ClientCredentials(Visitor visitor, TimeSpan time)
    {
        var form = $"grant_type=client_credentials&scope={Setup.Scope}";
        var request = visitor.FormRequest(visitor.Server.Endpoints.Token, Setup.ConfidentialClient, form);
        return () =>
        {
            visitor.Send(request).Expect(200, "\"access_token\""u8);
            return true;
        };
    }

    private static Flow Login(Visitor visitor, string client)
    {
        visitor.SignIn(client);
        return () =>
        {
            visitor.Login(client);
            return true;
        };
    }

    // Each refresh uses the token that the last one brought.
    private static Flow Refresh(Visitor visitor, TimeSpan time)
    {
        visitor.SignIn(Setup.PublicClient);
        var token = visitor.Login(Setup.PublicClient).Member("\"refresh_token\":"u8);
        return () =>
        {
            var request = visitor.FormRequest(
                visitor.Server.Endpoints.Token,
                Setup.PublicClient,
                $"grant_type=refresh_token&refresh_token={token}"
            );
            token = visitor.Send(request).Expect(200, "\"access_token\""u8).Member("\"refresh_token\":"u8);
            return true;
        };
    }

    // An API asks about a few tokens, each again and again.
    private static Flow Introspect(Visitor visitor, TimeSpan time)
    {
        var extra = visitor.Server.Kind.IntrospectionExtra;
        visitor.SignIn(Setup.ConfidentialClient, extra);
        var requests = new byte[TokensPerConnection][];
        for (var i = 0; i < TokensPerConnection; i++)
        {
            var token = visitor.Login(Setup.ConfidentialClient, extra).Member("\"access_token\":"u8);
            requests[i] = visitor.FormRequest(visitor.Server.Endpoints.Introspect!, Setup.ConfidentialClient, $"token={token}");
        }

        var next = 0;
        return () =>
        {
            visitor.Send(requests[next++ % TokensPerConnection]).Expect(200, "true"u8);
            return true;
        };
    }

    // Each revocation needs a login of its own, made before.
    private static Flow Revoke(Visitor visitor, TimeSpan time)
    {
        visitor.SignIn(Setup.PublicClient);
        var tokens = new Queue<string>();
        var start = Stopwatch.GetTimestamp();
        while (tokens.Count <= Worker.MinimumFlows || Stopwatch.GetElapsedTime(start) < time)
            tokens.Enqueue(visitor.Login(Setup.PublicClient).Member("\"refresh_token\":"u8));
        return () =>
        {
            if (!tokens.TryDequeue(out var token))
                return false;
            var form = $"token={token}&token_type_hint=refresh_token";
            visitor.Send(visitor.FormRequest(visitor.Server.Endpoints.Revoke!, Setup.PublicClient, form)).Expect(200);
            return true;
        };
    }

    private static Flow Register(Visitor visitor, string method)
    {
        var request = visitor.JsonRequest(
            visitor.Server.Endpoints.Register!,
            $$"""
            {"client_name":"Load","redirect_uris":["{{Setup.RedirectUri}}"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"{{method}}"}
            """
        );
        return () =>
        {
            visitor.Send(request).Expect(201, "\"client_id\""u8);
            return true;
        };
    }
}
