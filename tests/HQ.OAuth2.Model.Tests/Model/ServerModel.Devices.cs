namespace HQ.OAuth2.Model.Tests;

// Devices without a browser.
internal sealed partial class ServerModel
{
    private Expected? AskDevice(Command.AskDevice c)
    {
        if (!Clients.ContainsKey(c.By) && !Registered(c.By))
            return null;
        if (!IsProved(c.By, c.Proof))
            return Unproved();
        if (Named(c.Resources) is not { } resources)
            return Expected.Refused("invalid_target");
        Devices = Devices.Add(c.Id, new(c.By, c.Scope, resources, Now + DeviceLife));
        return new(200) { ExpiresIn = DeviceLife };
    }

    /// <summary>The first answer counts; a user who ticks nothing refuses. One for an organization that is not the user's is none.</summary>
    private Expected AnswerDevice(Command.AnswerDevice c, DeviceState device)
    {
        if (Now >= device.Until || device.IsApproved is not null || !IsThere(device.Client))
            return new(0) { Asked = false };
        var granted = device.Scope & (c.Ticked ?? Scopes.None);
        var organization = Answered(c.User, c.For);
        if (granted != Scopes.None && !MayActFor(c.User, organization))
            return new(400) { Asked = true, Offered = OrgsOf(c.User) };
        Devices = Devices.SetItem(c.Device, device with { IsApproved = granted != Scopes.None });
        if (granted != Scopes.None)
            Grants = Grants.SetItem(
                c.Device,
                new()
                {
                    Client = device.Client,
                    User = c.User,
                    Scope = granted,
                    Resources = device.Resources,
                    For = organization,
                    CodeUntil = Math.Max(Now + CodeLife, device.Until),
                }
            );
        return new(200) { Asked = true, Offered = OrgsOf(c.User) };
    }

    /// <summary>Too fast is too fast, whatever the answer would be; then the device is told what the user said, and gets its tokens once.</summary>
    private Expected? Poll(Command.Poll c, DeviceState device)
    {
        if (!Clients.ContainsKey(c.By) && !Registered(c.By))
            return null;
        if (!IsProved(c.By, c.Proof))
            return Unproved();
        var hasEnded = Now >= device.Until;
        var isOwn = c.By == device.Client;
        var pace = isOwn && paces.TryGetValue((c.Node, c.Device), out var known) && Now < known.Until ? known : null;
        if (pace is not null || (!hasEnded && isOwn))
        {
            // A second early is not early: networks delay one poll more than the next.
            var isEarly = pace is not null && Now - pace.Last < pace.Interval - 1;
            var next = pace ?? new(Now, 5, Now + DeviceLife);
            paces = paces.SetItem((c.Node, c.Device), next with { Last = Now, Interval = next.Interval + (isEarly ? 5 : 0) });
            if (isEarly)
                return Expected.Refused("slow_down");
        }

        if (!hasEnded)
        {
            if (!isOwn)
                return Expected.Refused("invalid_grant");
            if (device.IsApproved is null)
                return Expected.Refused("authorization_pending");
            if (device.IsApproved == false)
                return Expected.Refused("access_denied");
        }

        if (!Grants.TryGetValue(c.Device, out var grant))
            return Expected.Refused(hasEnded ? "expired_token" : "invalid_grant");
        return isOwn ? Begin(c.Id, c.Device, grant, c.Resources) : Expected.Refused("invalid_grant");
    }
}
