using HQ.OAuth2.Tests;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HQ.OAuth2.Operations.Tests;

/// <summary>deploy/kubernetes.yaml means what it says: names lead somewhere, and the settings are settings of this server.</summary>
internal sealed class KubernetesTests
{
    private const string Server = "auth:oauth2:authorizationServer:";

    private static readonly Manifest manifest = Manifest.Deployed;

    [Test]
    public void A_member_that_no_type_has_is_an_error() =>
        FluentActions
            .Invoking(() => Manifest.Read("apiVersion: v1\nkind: Service\nmetadata:\n  name: auth\nspec:\n  port: 80\n"))
            .Should()
            .Throw<Exception>()
            .WithMessage("*port*");

    [Test]
    public void Everything_is_in_one_namespace()
    {
        var name = manifest.The<V1Namespace>().Metadata.Name;
        manifest.Objects.Where(o => o is not V1Namespace).Should().OnlyContain(o => o.Metadata.NamespaceProperty == name);
    }

    [Test]
    public void Selectors_select_the_pods()
    {
        var labels = manifest.Deployment.Spec.Template.Metadata.Labels;
        foreach (
            var selector in new[]
            {
                manifest.Deployment.Spec.Selector.MatchLabels,
                manifest.The<V1Service>().Spec.Selector,
                manifest.The<V1PodDisruptionBudget>().Spec.Selector.MatchLabels,
                manifest.Pod.TopologySpreadConstraints.Single().LabelSelector.MatchLabels,
            }
        )
            selector.Should().NotBeEmpty().And.BeSubsetOf(labels);
    }

    [Test]
    public void Ports_lead_from_the_ingress_to_where_the_image_listens()
    {
        var service = manifest.The<V1Service>();
        foreach (var path in manifest.The<V1Ingress>().Spec.Rules.SelectMany(r => r.Http.Paths))
        {
            path.Backend.Service.Name.Should().Be(service.Metadata.Name);
            service.Spec.Ports.Select(p => p.Name).Should().Contain(path.Backend.Service.Port.Name);
        }

        manifest.Container.Ports.Select(p => p.Name).Should().Contain(service.Spec.Ports.Single().TargetPort.Value);
        var image = File.ReadAllText(Path.Combine(Repository.Root, "samples", "ManyNodes", "Dockerfile"));
        image.Should().Contain($"EXPOSE {manifest.Container.Ports.Single().ContainerPort}\n");
    }

    [Test]
    public void What_is_mounted_is_there()
    {
        var volumes = manifest.Pod.Volumes.ToDictionary(v => v.Name);
        manifest.Container.VolumeMounts.Select(m => m.Name).Should().BeEquivalentTo(volumes.Keys);
        var keys = manifest.Container.VolumeMounts.Single(m => volumes[m.Name].Secret is not null);
        var file = Path.GetFileName(manifest.Configuration["dataProtection:certificate"]);
        manifest.Configuration["dataProtection:certificate"].Should().Be($"{keys.MountPath}/{file}");
        // The secret with the certificate is not in the file; the command that makes it is.
        File.ReadAllText(Manifest.Path).Should().Contain($"secret generic {volumes[keys.Name].Secret.SecretName} --from-file={file}");
    }

    [Test]
    public void No_root_no_rights_and_a_bound_on_memory()
    {
        var (pod, container) = (manifest.Pod.SecurityContext, manifest.Container.SecurityContext);
        (pod.RunAsNonRoot, pod.RunAsUser > 0, pod.SeccompProfile.Type).Should().Be((true, true, "RuntimeDefault"));
        (container.AllowPrivilegeEscalation, container.ReadOnlyRootFilesystem, container.Privileged ?? false)
            .Should()
            .Be((false, true, false));
        container.Capabilities.Drop.Should().Equal("ALL");
        manifest.Pod.AutomountServiceAccountToken.Should().BeFalse();
        var memory = manifest.Container.Resources;
        memory.Limits["memory"].ToDecimal().Should().BeGreaterThanOrEqualTo(memory.Requests["memory"].ToDecimal());
        memory.Requests["cpu"].ToDecimal().Should().BePositive();
    }

    [Test]
    public void A_rolling_upgrade_leaves_enough_nodes()
    {
        var (replicas, update) = (manifest.Deployment.Spec.Replicas, manifest.Deployment.Spec.Strategy.RollingUpdate);
        replicas.Should().Be(3);
        (update.MaxUnavailable.Value, update.MaxSurge.Value).Should().Be(("0", "1"));
        int.Parse(manifest.The<V1PodDisruptionBudget>().Spec.MinAvailable.Value, null).Should().BeInRange(1, replicas!.Value - 1);
    }

    [Test]
    public void Its_host_names_are_one()
    {
        var host = new Uri(manifest.Configuration[Server + "issuerURL"]).Host;
        var ingress = manifest.The<V1Ingress>().Spec;
        ingress
            .Rules.Select(r => r.Host)
            .Concat(ingress.Tls.SelectMany(t => t.Hosts))
            .Concat(Probes().Select(p => p.Host!))
            .Append(manifest.Configuration["AllowedHosts"])
            .Should()
            .OnlyContain(h => h == host);
    }

    [Test]
    public void Its_settings_are_valid()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection(manifest.Configuration!);
        builder.Services.AddRouting().AddLogging();
        builder.Services.AddHqOAuth2(builder.Configuration);
        using var services = builder.Services.BuildServiceProvider();

        services.GetRequiredService<IStartupValidator>().Validate();

        var options = services.GetRequiredService<IOptions<HqOAuth2Options>>().Value;
        (options.Enabled, options.IssuerURL, options.Scopes.Single().Name).Should().Be((true, "https://auth.example.com", "read"));
    }

    [Test]
    public void A_setting_that_does_not_exist_is_noticed()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Configuration.AddInMemoryCollection(
            manifest.Configuration.Append(new(Server + "cacheClientFor", "00:00:10")).ToDictionary()!
        );
        builder.Services.AddRouting().AddLogging();
        builder.Services.AddHqOAuth2(builder.Configuration);
        using var services = builder.Services.BuildServiceProvider();
        services
            .GetRequiredService<IStartupValidator>()
            .Invoking(v => v.Validate())
            .Should()
            .Throw<OptionsValidationException>()
            .WithMessage("*cacheClientFor*cacheClientsFor*");
    }

    [Test]
    public void Its_other_settings_are_read_by_the_sample()
    {
        var program = File.ReadAllText(Path.Combine(Repository.Root, "samples", "ManyNodes", "Program.cs"));
        foreach (var key in manifest.Configuration.Keys.Where(k => !k.StartsWith(Server, StringComparison.Ordinal) && k != "AllowedHosts"))
        {
            var (first, last) = (key.Split(':')[0], key.Split(':')[^1]);
            program
                .Should()
                .Contain(
                    first == "ConnectionStrings" ? $"GetConnectionString(\"{last}\")"
                    : last.All(char.IsDigit) ? $"GetSection(\"{first}\")"
                    : $"Configuration[\"{key}\"]"
                );
        }
    }

    /// <summary>The three probes: what each asks for, and by which host name.</summary>
    internal static IEnumerable<(string Path, string? Host)> Probes() =>
        new[] { manifest.Container.StartupProbe, manifest.Container.ReadinessProbe, manifest.Container.LivenessProbe }.Select(p =>
            (p.HttpGet.Path, p.HttpGet.HttpHeaders.Single(h => h.Name == "Host").Value)
        )!;
}
