using System.Reflection;
using System.Security.Cryptography;

namespace HQ.OAuth2;

/// <summary>Secrets are compared in fixed time: seen in the code that runs, not by a clock (RFC 6749 §10.10).</summary>
internal sealed class FixedTimeTests
{
    private const BindingFlags Every =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly byte[] calls = [0x28, 0x6F];

    [Test]
    public void Each_comparison_of_a_secret_takes_fixed_time() =>
        Callers(m => m.DeclaringType == typeof(CryptographicOperations) && m.Name == nameof(CryptographicOperations.FixedTimeEquals))
            .Should()
            .BeEquivalentTo("FormAnswers", "Pkce", "IssuedText", "ForeignHash", "RegistrationAccessToken", "RegistrationEndpoint");

    // What these compare is no secret: a checksum that anybody can compute, the response types of a client, the resources of a grant.
    [Test]
    public void No_other_place_compares_bytes_or_characters_one_by_one() =>
        Callers(m => m.Name == "SequenceEqual").Should().BeEquivalentTo("IssuedText", "ClientMetadata", "OAuthAuthorization");

    private static IEnumerable<string> Callers(Func<MethodBase, bool> called) =>
        typeof(ClientSecrets)
            .Assembly.GetTypes()
            .SelectMany(t => t.GetMethods(Every).Cast<MethodBase>().Concat(t.GetConstructors(Every)))
            .Where(m => Called(m).Any(called))
            .Select(m => Outermost(m.DeclaringType!).Name)
            .Distinct();

    private static IEnumerable<MethodBase> Called(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var i = 0; i + 5 <= code.Length; i++)
        {
            // Each place that can be a call: a number in the code that looks like one resolves to nothing, or to a method of no interest.
            if (calls.Contains(code[i]) && Resolve(method, BitConverter.ToInt32(code, i + 1)) is { } found)
                yield return found;
        }
    }

    private static MethodBase? Resolve(MethodBase from, int token)
    {
        if ((token >> 24) is not (0x06 or 0x0A or 0x2B))
            return null;
        try
        {
            var type = from.DeclaringType!;
            return from.Module.ResolveMethod(
                token,
                type.IsGenericType ? type.GetGenericArguments() : null,
                from.IsGenericMethod ? from.GetGenericArguments() : null
            );
        }
        catch (Exception e) when (e is ArgumentException or BadImageFormatException or MissingMethodException or TypeLoadException)
        {
            return null;
        }
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
