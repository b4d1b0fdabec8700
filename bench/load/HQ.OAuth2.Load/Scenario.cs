namespace HQ.OAuth2.Load;

/// <summary>What a connection does again and again; false = there is nothing left to do it with.</summary>
internal delegate bool Flow();

/// <summary>A kind of flow.</summary>
/// <param name="Name">What it is called in the table and by <c>--scenarios</c>.</param>
/// <param name="IsOffered">Whether a server has such a thing.</param>
/// <param name="Prepare">Makes what one connection needs first, in at most about the given time; that is not measured.</param>
internal sealed record Scenario(string Name, Func<RunningServer, bool> IsOffered, Func<Visitor, TimeSpan, Flow> Prepare);
