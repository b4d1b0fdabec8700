using System.Reflection;

namespace HQ.OAuth2.Mutation;

/// <summary>The switch that the mutation tool compiled into the assembly: which mutant is on, and which were reached.</summary>
internal static class Switch
{
    /// <summary>No mutant is on.</summary>
    public const int None = -1;

    private const BindingFlags Members = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Type control =
        typeof(OAuthError).Assembly.GetTypes().SingleOrDefault(t => t.Name == "MutantControl")
        ?? throw new InvalidOperationException("The assembly beside this program has no mutants: tests/mutation.sh puts it there.");

    private static readonly FieldInfo active = Field("ActiveMutant");
    private static readonly FieldInfo capture = Field("CaptureCoverage");
    private static readonly List<int> reached = (List<int>)Field("_coveredMutants").GetValue(null)!;
    private static readonly object guard = Field("_coverageLock").GetValue(null)!;

    public static void TurnOn(int mutant) => active.SetValue(null, mutant);

    public static void Watch() => capture.SetValue(null, true);

    /// <summary>The mutants that were reached since the last call.</summary>
    public static int[] Reached()
    {
        lock (guard)
        {
            int[] found = [.. reached];
            reached.Clear();
            return found;
        }
    }

    private static FieldInfo Field(string name) =>
        control.GetField(name, Members) ?? throw new InvalidOperationException($"This version of the mutation tool has no {name}.");
}
