using System.Data.Common;

namespace Hutch.Catalog.Zone;

/// <summary>A table of the zone on one connection, for the duration of one read or change.</summary>
public abstract class ZoneTable
{
    private protected readonly DbConnection _connection;
    private protected readonly TimeProvider _time;

    private protected ZoneTable(DbConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
    }
}
