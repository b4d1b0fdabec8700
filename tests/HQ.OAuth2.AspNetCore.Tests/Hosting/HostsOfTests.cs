namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>The sample's settings lie beside the tests: the hosts that it allows are not those of the tests.</summary>
[SetUpFixture]
internal sealed class HostsOfTests
{
    [OneTimeSetUp]
    public void Allow() => Environment.SetEnvironmentVariable("AllowedHosts", "*");
}
