using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A host that allows every origin everywhere.</summary>
internal sealed class OpenCors : IStartupFilter
{
    public static void Add(WebApplicationBuilder builder) =>
        builder
            .Services.AddCors(c => c.AddDefaultPolicy(p => p.AllowAnyOrigin().AllowAnyHeader().AllowAnyMethod()))
            .AddSingleton<IStartupFilter, OpenCors>();

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.UseCors();
            next(app);
        };
}
