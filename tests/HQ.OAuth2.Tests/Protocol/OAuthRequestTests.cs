using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class OAuthRequestTests
{
    [Test, Rfc("6749-2.3.1-3")]
    public void A_parameter_of_the_protocol_stands_in_the_body_only(
        [Values(
            "client_id",
            "client_secret",
            "client_assertion",
            "client_assertion_type",
            "grant_type",
            "code",
            "code_verifier",
            "device_code",
            "redirect_uri",
            "refresh_token",
            "token",
            "scope",
            "resource"
        )]
            string name
    )
    {
        new OAuthRequest { Query = OAuthParameters.Of((name, "x")) }
            .Malformed()!
            .Description.Should()
            .Be($"The parameter {name} belongs in the body, not in the URI.");
        new OAuthRequest { Parameters = OAuthParameters.Of((name, "x")) }
            .Malformed()
            .Should()
            .BeNull();
    }

    [Test]
    public void Another_parameter_of_the_URI_is_not_the_servers() =>
        new OAuthRequest { Query = OAuthParameters.Of(("utm_source", "x")) }
            .Malformed()
            .Should()
            .BeNull();

    [Test]
    public void A_request_has_one_Authorization_header_at_most()
    {
        new OAuthRequest().Malformed().Should().BeNull();
        new OAuthRequest { Authorization = ["Basic YTpi"] }
            .Malformed()
            .Should()
            .BeNull();
        new OAuthRequest { Authorization = ["Basic YTpi", "Basic YTpi"] }
            .Malformed()
            .Should()
            .Be(OAuthError.RepeatedAuthorizationHeader);
    }
}
