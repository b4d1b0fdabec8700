using System.Net;

namespace HQ.OAuth2;

internal sealed class FetchSlotsTests
{
    [Test]
    public void A_slot_counts_until_its_last_holder_gives_it_back()
    {
        var slots = new FetchSlots(1);
        slots.TryTake(out var slot).Should().BeTrue();
        slot!.TryHold().Should().BeTrue();
        slot.Dispose();
        slots.TryTake(out _).Should().BeFalse("a look-up still holds it");

        slot.Dispose();

        slot.TryHold().Should().BeFalse("the fetch has ended");
        slots.TryTake(out _).Should().BeTrue();
        slots.TryTake(out _).Should().BeFalse();
    }

    [Test]
    public async Task A_fetch_that_was_given_up_looks_no_name_up()
    {
        var lookUps = 0;
        using var handler = DocumentTransport.Handler(
            allowLoopback: false,
            (_, _) =>
            {
                lookUps++;
                return Task.FromResult<IPAddress[]>([]);
            }
        );
        using var fetcher = new DocumentFetcher(handler, TimeProvider.System);
        new FetchSlots(1).TryTake(out var slot).Should().BeTrue();
        slot!.Dispose();

        (await fetcher.FetchAsync("https://app.example.com/client.json", slot)).Error!.Id.Should().Be("HQ1054");

        lookUps.Should().Be(0);
    }
}
