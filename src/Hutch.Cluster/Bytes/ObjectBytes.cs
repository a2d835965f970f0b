using Hutch.Model.Checksums;
using Hutch.Storage.Caching;
using Hutch.Storage.Payloads;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// The bytes of a site that several servers share. Extents are objects; small members are in the rows of the log until they are packed.
/// Written and read bytes stay in a cache on the server's own disk. Every byte is checked before it is served, from any source.
/// </summary>
public sealed class ObjectBytes : ISiteBytes, IAsyncDisposable
{
    /// <summary>The limit for members in rows: PostgreSQL writes them at least twice, and the packer moves them once more.</summary>
    private const int MaxRowBytes = 128 << 10;

    /// <summary>Extents are as long as possible, since a request costs an object store as much as one or two megabytes.</summary>
    private const int MinObjectBytes = PayloadPool.MaxBufferBytes;

    private const string CacheFolder = "cache";

    private readonly IObjectStore _objects;
    private readonly CoalescedReads _neighbours;
    private readonly MemberView _view;
    private readonly ByteCache _cache;
    private readonly Guid _server;
    private ILogBodies? _bodies;

    /// <param name="objects">The bucket; disposed of with this.</param>
    /// <param name="view">The locations of members; disposed of with this.</param>
    /// <param name="cache">The cache; disposed of with this.</param>
    /// <param name="server">An id that no server had before this start.</param>
    internal ObjectBytes(IObjectStore objects, MemberView view, ByteCache cache, Guid server)
    {
        (_objects, _neighbours, _view, _cache, _server) = (objects, new CoalescedReads(objects), view, cache, server);
        _cache.Cleared += _neighbours.Remove;
    }

    /// <summary>The locations of members, which the log brings up to date.</summary>
    public ILogMembers Members => _view;

    internal MemberView View => _view;

    internal IObjectStore Objects => _objects;

    internal Guid Server => _server;

    /// <summary>The location of the bytes for messages, without secrets.</summary>
    public string Where => _objects.Name;

    public int MaxSmallBytes => MaxRowBytes;

    public int LeastExtentBytes => MinObjectBytes;

    public bool HasDamage => _view.HasDamage;

    public bool IsIncomplete => false;

    public bool WasCut => false;

    /// <summary>Opens the server's view of a bucket, in its data folder.</summary>
    /// <param name="objects">The bucket; disposed of with this.</param>
    /// <param name="cache">The limits of the cache on the disk.</param>
    /// <param name="server">An id that no server had before this start.</param>
    public static ObjectBytes Open(IDisk disk, string dataFolder, IObjectStore objects, CacheOptions cache, Guid server, TimeProvider time)
    {
        var opened = ByteCache.Open(disk, Path.Combine(dataFolder, CacheFolder), cache, "Hutch.Cluster.Cache");
        var view = new MemberView(MemberDatabase.Open(disk, dataFolder, time), opened);
        return new ObjectBytes(new MeteredObjects(objects), view, opened, server);
    }

    /// <summary>
    /// Makes sure that these are the bytes of the given site. An empty bucket becomes the site's. Called before anything is written.
    /// </summary>
    /// <exception cref="HutchException">The bytes belong to another site, their owner is unknown, or the store is unsuitable.</exception>
    public Task ClaimAsync(Guid site, Func<Guid> newId, CancellationToken ct) =>
        ObjectSite.RequireAsync(_objects, token => ObjectSite.ClaimAsync(_objects, site, newId, token), ct);

    /// <summary>Checks that the bucket answers, without the cache.</summary>
    public async Task TouchAsync(CancellationToken ct) => await _objects.FindLengthAsync(ObjectNames.Site, ct);

    /// <summary>Sets the source of bodies that are still in rows of the log. Called once, before anything is read.</summary>
    public void Attach(ILogBodies bodies) => _bodies = bodies;

    public async ValueTask DisposeAsync()
    {
        await _view.DisposeAsync();
        _cache.Dispose();
        _objects.Dispose();
    }

    public bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false) =>
        _view.TryLocate(key, lastingOnly, out location);

    public bool IsQuarantined(MemberKey key) => _view.IsDamaged(key);

    public async ValueTask ReadVerifiedAsync(
        MemberLocation location, Memory<byte> wholeBody, bool inPassing, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (wholeBody.Length != location.Length)
        {
            throw new ArgumentException($"The member has {location.Length} bytes, not {wholeBody.Length}.", nameof(wholeBody));
        }

        long clearings = _cache.Clearings;
        bool isObject = _view.TryFindObject(location, out string? name, out long offset, out long length);
        if (!isObject && location.Segment < 0)
        {
            throw new SegmentRetiredException("The extent is not known any more: look the member up again.");
        }

        CacheKey key = KeyOf(location, name);
        if (_cache.TryRead(key, wholeBody.Span, location.Crc32C))
        {
            return;
        }

        // Once more from where it is before it is given up: the network may have done it.
        bool mayShare = location.Segment > 0 && wholeBody.Length <= CoalescedReads.MaxMemberBytes;
        string? fault = await ReadAsync(location, name, offset, length, wholeBody, mayShare, cancellationToken);
        fault = fault is null ? null : await ReadAsync(location, name, offset, length, wholeBody, mayShare: false, cancellationToken);
        if (fault is not null)
        {
            RequireStillThere(location, name);
            _view.Quarantine(location.Segment > 0
                ? new DamagedMember(location.Segment, location.Offset, "")
                : new DamagedMember(0, 0, name!));
            throw new QuarantinedException($"{fault}. It is in quarantine and is not served.");
        }

        if (!inPassing)
        {
            _cache.Add(key, wholeBody, location.Crc32C, clearings);
        }
    }

    public void DropCached(MemberLocation location)
    {
        bool isObject = _view.TryFindObject(location, out string? name, out long offset, out _);
        if (isObject || location.Segment > 0)
        {
            _cache.Remove(KeyOf(location, name));
        }

        if (isObject)
        {
            _neighbours.Remove(name!, offset);
        }
    }

    private static CacheKey KeyOf(MemberLocation location, string? name) =>
        location.Segment > 0 ? CacheKey.OfRow(location.Segment, location.Offset) : CacheKey.OfObject(name!);

    public async ValueTask WriteAsync(Lane lane, MemberKey key, ExtentBody body, CancellationToken cancellationToken)
    {
        var extent = new StoredExtent(lane, key, _server, body.Bytes.Length, body.Crc32C);
        string name = ObjectNames.For(extent);
        long clearings = _cache.Clearings;
        try
        {
            await _objects.PutAsync(name, ObjectBody.From(body.Bytes, body.Hash, body.Crc32C), cancellationToken);
        }
        catch (ObjectOutcomeUnknownException e)
        {
            throw new StorageUnknownOutcomeException(
                $"The object store {_objects.Name} did not say whether it has stored the data. Send it again: a retry is safe.", e);
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException)
        {
            throw new StorageRefusedException($"The object store does not take the data: {e.Message}", e);
        }

        _view.Add(extent);
        _cache.Add(CacheKey.OfObject(name), body.Bytes, body.Crc32C, clearings);
    }

    /// <summary>Reports an object that was condemned and deleted since the look-up as missing, not as damaged.</summary>
    private void RequireStillThere(MemberLocation location, string? name)
    {
        if ((_view.TryFindObject(location, out string? now, out _, out _) ? now : null) != name)
        {
            throw new SegmentRetiredException($"'{name}' is no longer where the member is: look it up again.");
        }
    }

    /// <summary>Reads from the object or the row; returns null when the bytes are correct, else the error.</summary>
    private async ValueTask<string?> ReadAsync(
        MemberLocation location, string? name, long offset, long length, Memory<byte> body, bool mayShare,
        CancellationToken cancellationToken)
    {
        try
        {
            if (name is null)
            {
                await ReadRowAsync(location, body, cancellationToken);
                return Check(body.Span, location, $"Row {location.Segment} of the log");
            }

            ObjectReadOutcome outcome = mayShare
                ? await _neighbours.ReadAsync(name, offset, body, length, cancellationToken)
                : await _objects.ReadAsync(name, offset, body, length, cancellationToken);
            return outcome switch
            {
                ObjectReadOutcome.Missing => $"The object '{name}' is missing in {_objects.Name}",
                ObjectReadOutcome.Different => $"The object '{name}' in {_objects.Name} does not have the {length} bytes that it had",
                _ => Check(body.Span, location, $"The object '{name}' in {_objects.Name}"),
            };
        }
        catch (Exception e) when (e is HutchException or ServerUnreachableException or BadAnswerException
            || (e is IOException and not SegmentRetiredException))
        {
            throw new MemberUnreadableException($"The stored data cannot be read now: {e.Message}", e)
            {
                IsAway = e is ServerUnreachableException or HutchException { Error.Code.Status: >= 500 },
            };
        }
    }

    private static string? Check(ReadOnlySpan<byte> body, MemberLocation location, string where) =>
        Checksum.Crc32C(body) == location.Crc32C ? null : $"{where} is damaged: a checksum does not match";

    private async ValueTask ReadRowAsync(MemberLocation location, Memory<byte> body, CancellationToken cancellationToken)
    {
        long bodyOffset = MemberOffset.From(location.Offset).BodyOffset;
        ILogBodies bodies = _bodies ?? throw new InvalidOperationException("The bytes are read before the log is attached.");
        if (body.IsEmpty || await bodies.ReadBodiesAsync(location.Segment, bodyOffset, body, cancellationToken) is not { } pack)
        {
            return;
        }

        // The packer of the row recorded this in the same commit.
        await bodies.CatchUpAsync(cancellationToken);
        if (_view.Read(queries => queries.HasRow(location.Segment) && queries.FindPack(location.Segment) is null))
        {
            throw new IOException($"row {location.Segment} of the log is in '{pack}', and no row says where.");
        }

        throw new SegmentRetiredException($"Row {location.Segment} of the log was packed: look the member up again.");
    }
}
