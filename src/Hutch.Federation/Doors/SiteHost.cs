using Hutch.Doors;
using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hutch.Federation.Doors;

/// <summary>The web server behind a door for other sites, for connections that either side dialled.</summary>
internal static class SiteHost
{
    // The connection's window is the sum of its streams' windows, so that an unread forwarded body does not block other streams.
    private const int MaxStreams = 32;
    private const int StreamWindowBytes = 512 << 10;

    /// <summary>Makes the server without starting it.</summary>
    public static WebApplication Build(
        SitesOptions options, SiteDispatch dispatch, IMemoryPoolFactory<byte> memory, ILoggerFactory loggers,
        Action<KestrelServerOptions> listen, Action<IServiceCollection>? add = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "hutch-sites" });
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.StopSeconds));
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            Limit(kestrel, options);
            listen(kestrel);
        });

        // Added after Kestrel's own pool, and so used in its place.
        builder.Services.AddSingleton(memory);
        add?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.Run(dispatch.AnswerAsync);
        return app;
    }

    private static void Limit(KestrelServerOptions kestrel, SitesOptions options)
    {
        KestrelSetup.Limit(kestrel, options);
        kestrel.Limits.MaxRequestBodySize = SiteProtocol.MaxRequestBytes;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreams;
        kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        kestrel.Limits.Http2.InitialConnectionWindowSize = MaxStreams * StreamWindowBytes;
    }

    /// <summary>The host around it decides when it stops.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
