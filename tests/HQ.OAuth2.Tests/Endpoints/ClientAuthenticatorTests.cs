using System.Text;
using HQ.OAuth2.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>Which client a request comes from: one method, the registered one, and a right proof.</summary>
internal sealed class ClientAuthenticatorTests
{
    private const string Secret = "correct horse";
    private const string Document = "https://app.example.com/client.json";

    private static readonly ProofKey key = ProofKey.New();
    private static readonly ClientSecret kept = ClientSecrets.Keep(Secret, 4);

    private CoreHost host = null!;

    [SetUp]
    public void A_server() => host = NewHost();

    [TearDown]
    public async Task End() => await host.DisposeAsync();

    [Test]
    public async Task A_public_client_names_itself()
    {
        (await ClientAsync(Form(("client_id", "app")))).ClientId.Should().Be("app");
        (await RefusedAsync(Form(("client_id", "nobody")))).Reason.Should().Contain("no client has the client_id 'nobody'");
        (await RefusedAsync(Form())).Reason.Should().Contain("names no client");
    }

    [Test, Rfc("6749-2.3.1-1")]
    public async Task A_secret_proves_its_client_in_the_header_and_in_the_body_whichever_is_registered()
    {
        foreach (var id in new[] { "basic", "post" })
        {
            (await ClientAsync(Basic(id, Secret))).ClientId.Should().Be(id);
            (await ClientAsync(Form(("client_id", id), ("client_secret", Secret)))).ClientId.Should().Be(id);
            (await RefusedAsync(Basic(id, "wrong"))).Reason.Should().Contain("wrong or expired");
            (await RefusedAsync(Form(("client_id", id), ("client_secret", "wrong")))).Reason.Should().Contain("wrong or expired");
        }
    }

    [Test]
    public async Task A_client_with_a_secret_or_keys_does_not_merely_name_itself()
    {
        foreach (var id in new[] { "basic", "post", "signer" })
            (await RefusedAsync(Form(("client_id", id)))).Reason.Should().EndWith("and used none");
    }

    [Test]
    public async Task A_public_client_has_no_secret_and_signs_nothing()
    {
        (await RefusedAsync(Basic("app", Secret))).Reason.Should().Be("the client is registered for none and used client_secret_basic");
        (await RefusedAsync(Form(("client_id", "app"), ("client_secret", Secret)))).Reason.Should().EndWith("used client_secret_post");
        (await RefusedAsync(Assertion("app"))).Reason.Should().EndWith("used private_key_jwt");
    }

    [Test]
    public async Task A_secret_for_no_client_costs_the_work_of_a_wrong_one()
    {
        var secrets = host.Get<ClientSecrets>();
        foreach (var id in new[] { "basic", "nobody", "app", "signer" })
        {
            var before = secrets.Computations;
            await RefusedAsync(Basic(id, "guess"));
            secrets.Computations.Should().Be(before + 1, id);
        }
    }

    [Test]
    public async Task An_empty_secret_is_none()
    {
        (await ClientAsync(Basic("app", ""))).ClientId.Should().Be("app");
        (await RefusedAsync(Basic("basic", ""))).Reason.Should().EndWith("and used none");
    }

    [Test, Rfc("6749-2.3-2")]
    public async Task Two_methods_in_one_request_are_refused_although_each_is_right()
    {
        var both = new OAuthRequest
        {
            Authorization = Basic("basic", Secret).Authorization,
            Parameters = OAuthParameters.Of(("client_id", "basic"), ("client_secret", Secret)),
        };

        (await RefusedAsync(both)).Should().Be(OAuthError.SeveralClientAuthentications);
    }

    [Test]
    public async Task A_header_that_no_method_reads_is_a_failed_authentication()
    {
        var bearer = new OAuthRequest { Authorization = ["Bearer abc"], Parameters = OAuthParameters.Of(("client_id", "app")) };

        (await RefusedAsync(bearer)).Reason.Should().Contain("Authorization header");
    }

    [TestCase("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer")]
    public async Task An_assertion_that_no_method_reads_is_a_failed_authentication(string name, string value)
    {
        (await RefusedAsync(Form(("client_id", "app"), (name, value)))).Reason.Should().Contain("client_assertion_type is one that no");
        (await RefusedAsync(Form(("client_id", "app"), (name, value), ("client_assertion", "x")))).Reason.Should().Contain("no client");
    }

    [Test]
    public async Task An_assertion_is_not_left_unread_where_no_method_is_for_it()
    {
        await using var none = NewHost(add: s => s.AddSingleton<IClientAuthentication>(new OwnMethod("private_key_jwt")));

        foreach (
            var form in new[]
            {
                Form(("client_id", "app"), ("client_assertion", "x")),
                Form(("client_id", "app"), ("client_assertion_type", "x")),
            }
        )
        {
            (await none.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(form, default)))
                .Failed(out var error, out _)
                .Should()
                .BeTrue();
            error!.Reason.Should().Contain("client_assertion_type is one that no");
        }
    }

    [Test]
    public async Task An_assertion_without_its_type_cannot_be_read()
    {
        var untyped = Form(("client_id", "signer"), ("client_assertion", key.Sign(Given.AssertionClaims("signer"))));
        var alone = Form(("client_id", "signer"), ("client_assertion_type", ClientAssertion.AssertionType));

        (await RefusedAsync(untyped)).Reason.Should().Contain("names no client");
        (await RefusedAsync(alone)).Reason.Should().Contain("names no client");
    }

    [Test]
    public async Task A_client_signs_by_its_registered_key()
    {
        (await ClientAsync(Assertion("signer"))).ClientId.Should().Be("signer");
        (await RefusedAsync(Assertion("signer", ProofKey.New()))).Reason.Should().Contain("signature");
        (await RefusedAsync(Basic("signer", Secret)))
            .Reason.Should()
            .EndWith("registered for private_key_jwt and used client_secret_basic");
        (await RefusedAsync(Assertion("basic"))).Reason.Should().EndWith("registered for client_secret_basic and used private_key_jwt");
    }

    [Test]
    public async Task The_client_id_of_the_body_is_that_of_the_credentials()
    {
        (await ClientAsync(Basic("basic", Secret, ("client_id", "basic")))).ClientId.Should().Be("basic");
        (await RefusedAsync(Basic("basic", Secret, ("client_id", "app")))).Reason.Should().Contain("client_id names another client");
    }

    [TestCase("Basic", "names no client")]
    [TestCase("Basic ", "names no client")]
    [TestCase("Basic !!!!", "names no client")]
    [TestCase("Basic YmFz aWM6eA==", "names no client")]
    [TestCase("Basic YmFz\taWM6eA==", "names no client")]
    [TestCase("Basic OnNlY3JldA==", "names no client")]
    [TestCase("Basic YmFzaWM=", "names no client")]
    [TestCase("Basic YmFzaWM6JQ==", "names no client")]
    [TestCase("Basic JTp4", "names no client")]
    [TestCase("Basicx YmFzaWM6eA==", "Authorization header")]
    [TestCase("Bas YmFzaWM6eA==", "Authorization header")]
    public async Task A_malformed_Basic_header_proves_nothing(string header, string reason)
    {
        var request = new OAuthRequest { Authorization = [header], Parameters = OAuthParameters.Of(("client_id", "app")) };

        (await RefusedAsync(request)).Reason.Should().Contain(reason);
    }

    [TestCase("basic ")]
    [TestCase("BASIC   ")]
    [TestCase("Basic ")]
    public async Task The_scheme_is_read_without_regard_to_case_and_spaces_around_the_credentials(string scheme)
    {
        var header = scheme + Convert.ToBase64String(Encoding.ASCII.GetBytes("basic:correct+horse")) + " ";

        (await ClientAsync(new() { Authorization = [header] })).ClientId.Should().Be("basic");
    }

    [Test, Rfc("6749-2.3.1-2")]
    public async Task Both_parts_of_the_header_are_form_encoded_and_only_the_first_colon_divides_them()
    {
        await AddAsync(Stored("a client:1", "client_secret_basic") with { Secrets = [ClientSecrets.Keep("p:q %é", 4)] });

        (await ClientAsync(Raw("a+client%3A1:p:q+%25%C3%A9"))).ClientId.Should().Be("a client:1");
    }

    [Test]
    public async Task Two_Authorization_headers_are_none_that_a_method_reads()
    {
        var twice = new OAuthRequest { Authorization = [.. Basic("basic", Secret).Authorization, .. Basic("basic", Secret).Authorization] };

        (await RefusedAsync(twice)).Reason.Should().Contain("Authorization header");
    }

    [Test]
    public async Task A_public_client_of_a_document_may_sign_if_the_document_has_keys()
    {
        await AddAsync(Stored(Document, "none") with { Provenance = ClientProvenance.Cimd, Jwks = ProofKey.Set(key) });

        (await ClientAsync(Assertion(Document))).ClientId.Should().Be(Document);
        (await ClientAsync(Form(("client_id", Document)))).ClientId.Should().Be(Document);
    }

    [Test]
    public async Task A_public_client_without_a_document_or_without_keys_may_not_sign()
    {
        await AddAsync(Stored(Document, "none") with { Provenance = ClientProvenance.Cimd });
        await AddAsync(Stored("dcr", "none") with { Provenance = ClientProvenance.Dcr, Jwks = ProofKey.Set(key) });

        foreach (var id in new[] { Document, "dcr" })
            (await RefusedAsync(Assertion(id))).Reason.Should().Be("the client is registered for none and used private_key_jwt");
    }

    [Test]
    public async Task A_profile_that_demands_keys_takes_no_secret_and_no_name()
    {
        await using var strict = NewHost(o => o.Profile = SecurityProfile.Fapi2);

        (await strict.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Assertion("signer"), default)))
            .Value.ClientId.Should()
            .Be("signer");
        foreach (var (request, method) in new[] { (Basic("basic", Secret), "client_secret_basic"), (Form(("client_id", "app")), "none") })
        {
            (await strict.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(request, default))).Failed(out var error, out _);
            error!.Code.Should().Be("invalid_client");
            error.Reason.Should().Contain($"does not allow {method}: register keys");
        }

        (await strict.WithAsync((ClientAuthenticator a) => new ValueTask<string[]>([.. a.Methods]))).Should().Equal("private_key_jwt");
    }

    [Test]
    public async Task The_methods_are_listed_once_the_one_without_a_proof_first()
    {
        (await host.WithAsync((ClientAuthenticator a) => new ValueTask<string[]>([.. a.Methods])))
            .Should()
            .Equal("none", "client_secret_basic", "client_secret_post", "private_key_jwt");
        await using var own = NewHost(add: s => s.AddSingleton<IClientAuthentication>(new OwnMethod("private_key_jwt")));
        (await own.WithAsync((ClientAuthenticator a) => new ValueTask<string[]>([.. a.Methods])))
            .Should()
            .Equal("none", "private_key_jwt", "client_secret_basic", "client_secret_post");
    }

    [Test]
    public async Task A_method_of_the_host_replaces_that_of_the_same_name_and_stands_beside_others()
    {
        await using var replaced = NewHost(add: s => s.AddSingleton<IClientAuthentication>(new OwnMethod("private_key_jwt")));
        await using var beside = NewHost(add: s => s.AddSingleton<IClientAuthentication>(new OwnMethod("own")));

        (await replaced.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Assertion("signer", own: "signer"), default)))
            .Value.ClientId.Should()
            .Be("signer");
        (await beside.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Assertion("signer"), default)))
            .Value.ClientId.Should()
            .Be("signer");
        (await beside.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Assertion("signer", own: "signer"), default))).Failed(
            out var error,
            out _
        );
        error.Should().Be(OAuthError.SeveralClientAuthentications);
    }

    [Test]
    public async Task A_host_that_replaces_the_way_in_which_clients_name_themselves_is_asked_first()
    {
        await using var own = NewHost(add: s => s.AddSingleton<IClientAuthentication>(new OwnMethod("none")));

        (await own.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Form(("own", "app")), default)))
            .Value.ClientId.Should()
            .Be("app");
    }

    [Test]
    public async Task Wrong_secrets_reach_a_limit_and_a_secret_that_was_verified_does_not()
    {
        await using var slow = NewHost(o => o.Limits.FailedAuthenticationsPerMinute = 2);
        (await CodeAsync("basic", Secret)).Should().BeNull();

        (await CodeAsync("basic", "wrong")).Should().Be("invalid_client");
        (await CodeAsync("basic", "wrong")).Should().Be("invalid_client");
        (await CodeAsync("basic", "wrong")).Should().Be(OAuthError.TooManyRequests.Code);
        (await CodeAsync("basic", Secret)).Should().BeNull("it is known");
        (await CodeAsync("post", Secret)).Should().BeNull("each client has its own limit");

        async Task<string?> CodeAsync(string id, string secret) =>
            (await slow.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Basic(id, secret), default))).Failed(out var error, out _)
                ? error.Code
                : null;
    }

    [Test]
    public async Task Right_proofs_take_no_place_of_the_limit()
    {
        await using var slow = NewHost(o => o.Limits.FailedAuthenticationsPerMinute = 1);

        for (var i = 0; i < 3; i++)
        {
            var client = Stored("c" + i, "client_secret_basic") with { Secrets = [kept] };
            await ((IClientRegistry)slow.Get<IClientStore>()).TryAddAsync(client, default);
            (await slow.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Basic("c" + i, Secret), default)))
                .Value.Should()
                .NotBeNull();
            (await slow.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(Basic("c" + i, "wrong"), default))).Failed(
                out var error,
                out _
            );
            error!.Code.Should().Be("invalid_client", "the right one before took no place");
        }
    }

    [Test]
    public async Task The_hash_of_another_server_is_replaced_after_the_proof()
    {
        var foreign =
            ForeignHash.Sha256 + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Secret)));
        await AddAsync(Stored("moved", "client_secret_basic") with { Secrets = [new() { Hash = foreign }] });

        (await ClientAsync(Basic("moved", Secret))).ClientId.Should().Be("moved");

        (await host.Get<IClientStore>().FindAsync("moved", default))!
            .Secrets.Should()
            .ContainSingle(s => ClientSecrets.IsUsableHash(s.Hash));
    }

    private static CoreHost NewHost(Action<HqOAuth2Options>? configure = null, Action<IServiceCollection>? add = null) =>
        new(
            o =>
            {
                o.ClientIdMetadataDocuments = true;
                o.Clients.Add(Configured("basic", "client_secret_basic", c => c.SecretHash = kept.Hash));
                o.Clients.Add(Configured("post", "client_secret_post", c => c.SecretHash = kept.Hash));
                o.Clients.Add(Configured("signer", "private_key_jwt", c => c.Jwks = ProofKey.Set(key)));
                configure?.Invoke(o);
            },
            new TestClock(),
            add
        );

    private static ClientOptions Configured(string id, string method, Action<ClientOptions> change)
    {
        var client = new ClientOptions { ClientId = id, TokenEndpointAuthMethod = method };
        client.RedirectUris.Add(Given.RedirectUri);
        change(client);
        return client;
    }

    private static Client Stored(string id, string method) =>
        Given.Client(id, method == "none" ? ClientType.Public : ClientType.Confidential) with
        {
            TokenEndpointAuthMethod = method,
        };

    private async Task AddAsync(Client client) => await ((IClientRegistry)host.Get<IClientStore>()).TryAddAsync(client, default);

    private static OAuthRequest Form(params (string, string)[] form) => new() { Parameters = OAuthParameters.Of(form) };

    private static OAuthRequest Basic(string id, string secret, params (string, string)[] form) =>
        new()
        {
            Authorization = Raw($"{FormEncoding.Encode(id)}:{FormEncoding.Encode(secret)}").Authorization,
            Parameters = OAuthParameters.Of(form),
        };

    private static OAuthRequest Raw(string credentials) =>
        new() { Authorization = ["Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))] };

    private static OAuthRequest Assertion(string id, ProofKey? by = null, string? own = null) =>
        Form([
            ("client_assertion_type", ClientAssertion.AssertionType),
            ("client_assertion", (by ?? key).Sign(Given.AssertionClaims(id))),
            .. own is null ? Array.Empty<(string, string)>() : [("own", own)],
        ]);

    private async Task<Client> ClientAsync(OAuthRequest request)
    {
        var outcome = await host.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(request, default));
        outcome.Failed(out var error, out var client).Should().BeFalse(error?.Reason ?? "");
        return client!;
    }

    private async Task<OAuthError> RefusedAsync(OAuthRequest request)
    {
        var outcome = await host.WithAsync((ClientAuthenticator a) => a.AuthenticateAsync(request, default));
        outcome.Failed(out var error, out _).Should().BeTrue();
        return error!;
    }

    /// <summary>A method of a host, which believes a parameter of its own.</summary>
    private sealed class OwnMethod(string method) : IClientAuthentication
    {
        public string Method => method;

        public ClientProof? Read(OAuthRequest request) => request.Parameters["own"] is { } id ? new Proof(id) : null;

        private sealed class Proof(string id) : ClientProof(id)
        {
            public override ValueTask<bool> IsOfAsync(Client client, CancellationToken ct) => new(true);
        }
    }
}
