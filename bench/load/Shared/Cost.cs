using System.Globalization;

namespace HQ.OAuth2.Load;

/// <summary>What the driver asks of a server beside OAuth: <c>/load/allocated</c>, <c>/load/listen</c>, <c>/load/commands</c>.</summary>
internal static class Cost
{
    public static string Answer(string? question)
    {
        switch (question)
        {
            case "allocated":
                return GC.GetTotalAllocatedBytes(precise: true).ToString(CultureInfo.InvariantCulture);
            case "listen":
                Commands.Listen();
                return "";
            case "commands":
                return Commands.Stop().ToString(CultureInfo.InvariantCulture);
            default:
                throw new ArgumentException($"Nobody asks for {question}.");
        }
    }
}
