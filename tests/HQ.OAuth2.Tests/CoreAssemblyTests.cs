namespace HQ.OAuth2;

internal sealed class CoreAssemblyTests
{
    [Test]
    public void The_core_knows_no_host_and_no_database()
    {
        var references = typeof(Client).Assembly.GetReferencedAssemblies().Select(a => a.Name!).ToList();
        references.Should().NotContain(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        references.Should().NotContain(name => name.Contains("EntityFramework", StringComparison.Ordinal));
        references
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal))
            .Should()
            .BeSubsetOf([
                "BCrypt-Net-Next",
                "Microsoft.Extensions.DependencyInjection.Abstractions",
                "Microsoft.Extensions.Logging.Abstractions",
                "Microsoft.Extensions.Options",
                "Microsoft.IdentityModel.JsonWebTokens",
                "Microsoft.IdentityModel.Tokens",
            ]);
    }
}
