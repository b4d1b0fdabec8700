namespace HQ.OAuth2.Durability;

internal sealed class GrowthCommand
{
    public static Task<int> RunAsync(Arguments arguments) => throw new ArgumentException("growth");
}
