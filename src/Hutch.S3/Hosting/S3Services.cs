using System.Net;
using Hutch.Datasets;
using Hutch.Doors;
using Hutch.S3.Requests;
using Hutch.Site;
using Hutch.Zone;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hutch.S3.Hosting;

/// <summary>What a host adds to open the S3 door.</summary>
public static class S3Services
{
    /// <summary>
    /// Adds the door, which starts and stops with the host. The host has a zone, the authorized services, a clock and loggers; the memory
    /// for connections is the host's too.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="options">Where it listens, and its limits.</param>
    /// <param name="notice">Told the address in words.</param>
    public static IServiceCollection AddS3(this IServiceCollection services, S3Options options, Action<string>? notice)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.Equals(options.Address, S3Options.Off, StringComparison.OrdinalIgnoreCase))
        {
            return services;
        }

        // What cannot be an address is said before anything is opened.
        _ = ParseAddress(options.Address);
        _ = options.Https is { } secure ? ParseAddress(secure) : null;
        services.AddSingleton(provider =>
        {
            ZoneServices zone = provider.GetRequiredService<ZoneServices>();
            return new S3Server(
                new S3Context(
                    options,
                    zone.Authenticator,
                    provider.GetRequiredService<AuthorizedServices>(),
                    provider.GetRequiredService<SiteServices>().Blobs.Work.Registry,
                    new BucketNames(zone.Names, zone.Changes),
                    provider.GetRequiredService<TimeProvider>()),
                provider.GetService<IMemoryPoolFactory<byte>>(),
                provider.GetService<IServerCertificates>(),
                provider.GetRequiredService<ILoggerFactory>(),
                notice);
        });
        services.AddSingleton<IDoor>(provider => provider.GetRequiredService<S3Server>());
        services.AddHostedService(provider => provider.GetRequiredService<S3Server>());
        return services;
    }

    internal static IPEndPoint ParseAddress(string text) => ListenAddress.Parse(text, usualPort: 8471, ", or 'off'");
}
