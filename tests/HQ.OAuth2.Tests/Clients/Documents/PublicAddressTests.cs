using System.Net;
using System.Net.Sockets;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class PublicAddressTests
{
    private const string Host = "app.example.com";

    [TestCase("0.0.0.0", "this host")]
    [TestCase("10.0.0.1", "private")]
    [TestCase("100.64.0.1", "carrier-grade NAT, some clouds' metadata")]
    [TestCase("100.100.100.200", "metadata service")]
    [TestCase("127.0.0.1", "loopback")]
    [TestCase("127.255.255.254", "loopback")]
    [TestCase("168.63.129.16", "metadata service")]
    [TestCase("169.254.169.254", "metadata service")]
    [TestCase("169.254.170.2", "metadata service")]
    [TestCase("172.16.0.1", "private")]
    [TestCase("172.31.255.255", "private")]
    [TestCase("192.0.0.192", "metadata service")]
    [TestCase("192.0.2.1", "documentation")]
    [TestCase("192.88.99.1", "6to4 relay")]
    [TestCase("192.168.1.1", "private")]
    [TestCase("198.18.0.1", "benchmarks")]
    [TestCase("198.51.100.1", "documentation")]
    [TestCase("203.0.113.1", "documentation")]
    [TestCase("224.0.0.1", "multicast")]
    [TestCase("240.0.0.1", "reserved")]
    [TestCase("255.255.255.255", "broadcast")]
    [TestCase("::", "this host")]
    [TestCase("::1", "loopback")]
    [TestCase("::127.0.0.1", "IPv4-compatible")]
    [TestCase("::ffff:10.0.0.1", "mapped")]
    [TestCase("::ffff:127.0.0.1", "mapped")]
    [TestCase("::ffff:169.254.169.254", "mapped")]
    [TestCase("::ffff:0:10.0.0.1", "translated")]
    [TestCase("64:ff9b::10.0.0.1", "translated")]
    [TestCase("64:ff9b::169.254.169.254", "translated")]
    [TestCase("64:ff9b:1::1", "local translation")]
    [TestCase("100::1", "discarded")]
    [TestCase("2001::1", "Teredo")]
    [TestCase("2001:db8::1", "documentation")]
    [TestCase("2002:a00:1::1", "6to4 of 10.0.0.1")]
    [TestCase("3fff::1", "documentation")]
    [TestCase("fc00::1", "unique local")]
    [TestCase("fd00:ec2::254", "metadata service")]
    [TestCase("fe80::1", "link local")]
    [TestCase("fec0::1", "site local")]
    [TestCase("ff02::1", "multicast")]
    [Rfc("CIMD-6.5-1")]
    public async Task Any_other_address_is_refused(string address, string what)
    {
        PublicAddress.Is(IPAddress.Parse(address)).Should().BeFalse(what);
        // One such address among others is enough.
        await RefusedAsync(_ => [IPAddress.Parse("8.8.8.8"), IPAddress.Parse(address)]);
    }

    [TestCase("1.1.1.1")]
    [TestCase("8.8.8.8")]
    [TestCase("100.63.255.255")]
    [TestCase("172.32.0.1")]
    [TestCase("192.0.1.1")]
    [TestCase("223.255.255.255")]
    [TestCase("2606:4700::1111")]
    [TestCase("2a00:1450:4001::200e")]
    [TestCase("::ffff:8.8.8.8")]
    [TestCase("64:ff9b::8.8.8.8")]
    public void A_public_address_is_connected_to(string address) => PublicAddress.Is(IPAddress.Parse(address)).Should().BeTrue();

    [Test, Rfc("CIMD-6.5-1")]
    public async Task A_name_that_leads_nowhere_is_not_connected_to() => await RefusedAsync(_ => []);

    [TestCase("https://10.0.0.1/client.json")]
    [TestCase("https://169.254.169.254/latest/meta-data")]
    [TestCase("https://[::1]/client.json")]
    [TestCase("https://[::ffff:7f00:1]/client.json")]
    [TestCase("https://localhost/client.json")]
    [Rfc("CIMD-6.5-1")]
    public async Task An_address_in_the_URL_itself_is_looked_at_too(string url)
    {
        using var fetcher = new DocumentFetcher(DocumentTransport.Handler(allowLoopback: false), TimeProvider.System);

        (await fetcher.FetchAsync(url)).Error!.Reason.Should().Contain("not public");
    }

    [Test, Rfc("CIMD-6.5-1")]
    public async Task What_is_connected_to_is_the_address_that_was_checked()
    {
        // DNS rebinding: the second look-up gives another address. Code that looks the name up twice would check one address and connect to another.
        using var listener = Listener();
        var lookups = 0;
        using var handler = DocumentTransport.Handler(
            allowLoopback: true,
            (_, _) => Task.FromResult<IPAddress[]>([lookups++ == 0 ? IPAddress.Loopback : IPAddress.Parse("10.0.0.1")])
        );
        using var fetcher = new DocumentFetcher(handler, TimeProvider.System);
        var fetch = fetcher.FetchAsync($"https://{Host}:{Port(listener)}/client.json");

        using (await listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(20)))
            lookups.Should().Be(1);
        await fetch;
        (await fetcher.FetchAsync($"https://{Host}:{Port(listener)}/client.json")).Error!.Reason.Should().Contain("not public");
    }

    [TestCase(true, true)]
    [TestCase(false, false)]
    public async Task Loopback_is_for_hosts_that_say_so(bool allowed, bool connects)
    {
        using var listener = Listener();
        using var handler = DocumentTransport.Handler(allowed, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        using var fetcher = new DocumentFetcher(handler, TimeProvider.System);
        var fetch = fetcher.FetchAsync($"https://{Host}:{Port(listener)}/client.json");
        if (connects)
        {
            // Nobody there speaks TLS.
            using var _ = await listener.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }

        (await fetch).Error.Should().NotBeNull();
        listener.Pending().Should().BeFalse();
    }

    private static async Task RefusedAsync(Func<string, IPAddress[]> resolve)
    {
        using var handler = DocumentTransport.Handler(allowLoopback: false, (name, _) => Task.FromResult(resolve(name)));
        using var fetcher = new DocumentFetcher(handler, TimeProvider.System);

        var error = (await fetcher.FetchAsync($"https://{Host}/client.json")).Error!;

        error.Id.Should().Be("HQ1054");
        error.Reason.Should().Contain("not public");
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
