namespace HQ.OAuth2.Load;

/// <summary>How the driver starts a server: where it listens, the store it uses, and that store's connection string.</summary>
internal sealed record ServerArguments(string Url, string Store, string Connection)
{
    public static ServerArguments Read(string[] args)
    {
        EndWithTheDriver();
        return args is [var url, var store, .. var rest]
            ? new(url, store, rest is [var connection] ? connection : "")
            : throw new ArgumentException("Expected: url store [connection string].");
    }

    // The driver holds our standard input open, so it ends when the driver does, however that ends.
    private static void EndWithTheDriver() =>
        new Thread(() =>
        {
            var input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0) { }
            Environment.Exit(0);
        })
        {
            IsBackground = true,
        }.Start();
}
