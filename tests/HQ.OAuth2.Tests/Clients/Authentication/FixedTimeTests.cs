using System.Security.Cryptography;
using Mono.Cecil;

namespace HQ.OAuth2;

/// <summary>Secrets are compared in fixed time: seen in the compiled code, not by a clock (RFC 6749 §10.10).</summary>
internal sealed class FixedTimeTests
{
    [Test]
    public void Each_comparison_of_a_secret_takes_fixed_time() =>
        CallersOf(nameof(CryptographicOperations.FixedTimeEquals))
            .Should()
            .BeEquivalentTo("FormAnswers", "Pkce", "IssuedText", "ForeignHash", "RegistrationAccessToken", "RegistrationEndpoint");

    // What these compare is no secret: a checksum that anybody can compute, the response types of a client, the resources of a grant.
    [Test]
    public void Other_types_compare_bytes_only_where_they_are_no_secret() =>
        CallersOf("SequenceEqual").Should().BeEquivalentTo("IssuedText", "ClientMetadata", "OAuthAuthorization");

    private static List<string> CallersOf(string name)
    {
        using var module = ModuleDefinition.ReadModule(typeof(ClientSecrets).Assembly.Location);
        return
        [
            .. module
                .GetTypes()
                .SelectMany(t => t.Methods)
                .Where(m => m.HasBody && m.Body.Instructions.Any(i => i.Operand is MethodReference called && called.Name == name))
                .Select(m => Outermost(m.DeclaringType).Name)
                .Distinct(),
        ];
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
