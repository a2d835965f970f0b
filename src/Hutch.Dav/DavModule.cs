using Hutch.Datasets;
using Hutch.Zone;
using Microsoft.Extensions.Logging;

namespace Hutch.Dav;

/// <summary>The WebDAV door, which answers at the addresses of the REST door.</summary>
public sealed class DavModule
{
    public DavModule(DoorContext door, ZoneServices zone, AccessModule access, FileModule files, ILoggerFactory loggers)
    {
        Door = new DavDoor(
            new DavContext(door, zone.Names, access.WriteRouter, files, new DavLocks(door.Time)), loggers.CreateLogger<DavDoor>());
    }

    public IPathDoor Door { get; }
}
