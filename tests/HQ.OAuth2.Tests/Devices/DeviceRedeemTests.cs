using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>A device code is redeemed by the step of an authorization code, and neither passes for the other (RFC 8628 §3.4).</summary>
internal sealed class DeviceRedeemTests
{
    [Test, Rfc("8628-3.5-5")]
    public void It_gives_tokens_once_and_a_second_time_ends_them()
    {
        var (row, request) = Device();

        var grant = row.Redeem(request, first: null).ShouldSwap(row);

        grant.Scope.Should().Equal("read", "write");
        grant
            .Authorization.Redeem(request, first: null)
            .Should()
            .BeOfType<AuthorizationStep.End>()
            .Which.Error.ShouldBe(OAuthError.InvalidDeviceCode);
    }

    [Test, Rfc("8628-3.5-4")]
    public void Too_late_it_has_expired()
    {
        var (row, request) = Device();

        row.Redeem(request with { Now = row.Code.ExpiresAt }, first: null).ShouldRefuse(OAuthError.DeviceCodeExpired);
        row.Redeem(request with { Now = row.Code.ExpiresAt.AddTicks(-1) }, first: null).ShouldSwap(row);
    }

    [Test, Rfc("8628-3.4-1")]
    public void Another_secret_another_client_and_another_grant_are_refused()
    {
        var (row, request) = Device();

        row.Redeem(request with { Code = AuthorizationCode.New(row.Id) }, first: null).ShouldRefuse(OAuthError.InvalidDeviceCode);
        row.Redeem(request with { Client = Given.Client("other") }, first: null).ShouldRefuse(OAuthError.InvalidDeviceCode);
        row.Redeem(request with { IsDevice = false }, first: null).ShouldRefuse(OAuthError.InvalidCode);
    }

    [Test]
    public void An_authorization_code_is_no_device_code()
    {
        var (row, code) = Given.Authorization(challenge: null);

        row.Redeem(Given.Redemption(code) with { IsDevice = true, RedirectUri = null, Verifier = null }, first: null)
            .ShouldRefuse(OAuthError.InvalidDeviceCode);
    }

    [Test]
    public void It_is_stored_and_read_as_what_it_is()
    {
        var (row, request) = Device();

        var read = OAuthAuthorization.FromRecord(row.ToRecord());

        read.Code.IsDevice.Should().BeTrue();
        read.Redeem(request, first: null).ShouldSwap(read);
    }

    private static (OAuthAuthorization Row, CodeRedemption Request) Device()
    {
        var (row, code) = Given.Authorization(challenge: null);
        row = row with { Code = row.Code with { RedirectUri = "", RedirectUriWasSent = false } };
        return (row, Given.Redemption(code) with { IsDevice = true, RedirectUri = null, Verifier = null });
    }
}
