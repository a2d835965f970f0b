using System.Net;
using Hutch.S3.Hosting;
using Hutch.S3.Requests;
using Hutch.Site;
using Hutch.Zone;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Hutch.S3;

public sealed class S3Module
{
    private readonly S3Context _context;
    private readonly ILoggerFactory _loggers;

    /// <summary>Makes it, without its listener.</summary>
    public S3Module(
        S3Options options, ZoneServices zone, SiteServices site, AccessModule access, ReadingModule reading, DatasetModule datasets,
        FileModule files, TimeProvider time, ILoggerFactory loggers)
    {
        _loggers = loggers;
        _context = new S3Context(
            options, zone.S3, zone.Authorizer, access, reading, datasets, files, site.Blobs.Work.Registry,
            new BucketNames(zone.Names, zone.Changes), time);
    }

    /// <summary>Returns true if the options open the door. Refuses invalid addresses before anything is opened.</summary>
    public static bool IsOn(S3Options options)
    {
        if (string.Equals(options.Address, S3Options.Off, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        _ = ParseAddress(options.Address);
        _ = options.Https is { } secure ? ParseAddress(secure) : null;
        return true;
    }

    /// <summary>Makes the listener, which starts and stops with the host.</summary>
    /// <param name="certificates">The server's certificate; null without HTTPS.</param>
    /// <param name="sockets">Listening sockets that outlive the server; null for its own.</param>
    public S3Server Listen(
        IMemoryPoolFactory<byte> memory, IServerCertificates? certificates, Action<string>? notice, ListenSockets? sockets = null) =>
        new(_context, memory, certificates, _loggers, notice, sockets);

    /// <exception cref="HutchException">It is no address.</exception>
    public static IPEndPoint ParseAddress(string text) => ListenAddress.Parse(text, usualPort: 8471, ", or 'off'");
}
