using Hutch.Disk;
using Hutch.Site;
using Hutch.Zone;

namespace Hutch.Datasets.Backups;

/// <summary>An open data folder, as backups of it are made.</summary>
/// <param name="Disk">The disk of the data folder and the backups.</param>
/// <param name="DataFolder">The data folder.</param>
/// <param name="Site">Its site.</param>
/// <param name="Zone">Its zone.</param>
/// <param name="Incarnation">Which life of the folder this is.</param>
/// <param name="Time">The clock.</param>
public sealed record BackupSource(
    IDisk Disk, string DataFolder, SiteServices Site, ZoneServices Zone, string Incarnation, TimeProvider Time);
