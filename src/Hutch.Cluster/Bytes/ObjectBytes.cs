using Hutch.Catalog.Members;
using Hutch.Disk;
using Hutch.Model;
using Hutch.Model.Checksums;
using Hutch.Objects;
using Hutch.Objects.Http;
using Hutch.Storage;
using Hutch.Storage.Caching;
using Hutch.Storage.Payloads;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// The bytes of a site that several servers share: extents are objects, small members are in the rows of the log until they are packed.
/// What is written and read stays in a cache on the server's own disk. Every byte is checked before it is served, wherever it comes from.
/// </summary>
public sealed class ObjectBytes : ISiteBytes, IAsyncDisposable
{
    /// <summary>PostgreSQL writes what is in a row at least twice, and the packer moves it once more.</summary>
    private const int MaxRowBytes = 128 << 10;

    /// <summary>A request costs an object store as much as one or two megabytes do: extents are as long as one can be.</summary>
    private const int MinObjectBytes = PayloadPool.MaxBufferBytes;

    private const string CacheFolder = "cache";

    private readonly IObjectStore _objects;
    private readonly NeighbourReads _neighbours;
    private readonly MemberView _view;
    private readonly ByteCache _cache;
    private readonly Guid _server;
    private ILogBodies? _bodies;

    /// <param name="objects">The bucket; disposed of with this.</param>
    /// <param name="view">Where members are; disposed of with this.</param>
    /// <param name="cache">The cache; disposed of with this.</param>
    /// <param name="server">An id that no server had before this start.</param>
    internal ObjectBytes(IObjectStore objects, MemberView view, ByteCache cache, Guid server)
    {
        (_objects, _neighbours, _view, _cache, _server) = (objects, new NeighbourReads(objects), view, cache, server);
        _cache.Cleared += _neighbours.Forget;
    }

    /// <summary>Where members are: the view that the log brings up to date.</summary>
    public ILogMembers Members => _view;

    /// <summary>The same view, for who looks after the objects.</summary>
    internal MemberView View => _view;

    /// <summary>The bucket.</summary>
    internal IObjectStore Objects => _objects;

    /// <summary>The id under which this server writes objects; it has another one after the next start.</summary>
    internal Guid Server => _server;

    /// <summary>Where they are, for messages; without anything secret.</summary>
    public string Where => _objects.Name;

    /// <inheritdoc/>
    public int MaxSmallBytes => MaxRowBytes;

    /// <inheritdoc/>
    public int LeastExtentBytes => MinObjectBytes;

    /// <inheritdoc/>
    public bool HasDamage => _view.HasDamage;

    /// <inheritdoc/>
    public bool IsIncomplete => false;

    /// <inheritdoc/>
    public bool WasCut => false;

    /// <summary>Opens what a server knows of a bucket, in its data folder.</summary>
    /// <param name="disk">The disk of the data folder.</param>
    /// <param name="dataFolder">The data folder.</param>
    /// <param name="objects">The bucket; disposed of with this.</param>
    /// <param name="cache">How much of the disk is used to keep bytes near.</param>
    /// <param name="server">An id that no server had before this start.</param>
    public static ObjectBytes Open(IDisk disk, string dataFolder, IObjectStore objects, CacheOptions cache, Guid server, TimeProvider time)
    {
        var opened = ByteCache.Open(disk, Path.Combine(dataFolder, CacheFolder), cache, "Hutch.Cluster.Cache");
        var view = new MemberView(MemberDatabase.Open(disk, dataFolder, time), opened);
        return new ObjectBytes(new MeteredObjects(objects), view, opened, server);
    }

    /// <summary>
    /// Makes sure that these are the bytes of a site, and of no other: an empty bucket becomes the site's. Called before anything is
    /// written.
    /// </summary>
    /// <exception cref="HutchException">They are another site's, or nobody can say, or the store will not do.</exception>
    public Task ClaimAsync(Guid site, Func<Guid> newId, CancellationToken ct) =>
        ObjectSite.RequireAsync(_objects, token => ObjectSite.ClaimAsync(_objects, site, newId, token), ct);

    /// <summary>Asks the bucket whether it answers, whatever this server has near.</summary>
    public async Task TouchAsync(CancellationToken ct) => await _objects.FindLengthAsync(ObjectNames.Site, ct);

    /// <summary>Says where the bodies are that are still in rows of the log. Called once, before anything is read.</summary>
    public void Attach(ILogBodies bodies) => _bodies = bodies;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _view.DisposeAsync();
        _cache.Dispose();
        _objects.Dispose();
    }

    /// <inheritdoc/>
    public bool TryLocate(MemberKey key, out MemberLocation location, bool lastingOnly = false) =>
        _view.TryLocate(key, lastingOnly, out location);

    /// <inheritdoc/>
    public bool IsQuarantined(MemberKey key) => _view.IsDamaged(key);

    /// <inheritdoc/>
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
        bool mayShare = location.Segment > 0 && wholeBody.Length <= NeighbourReads.MaxMemberBytes;
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

    /// <inheritdoc/>
    public void DropCached(MemberLocation location)
    {
        bool isObject = _view.TryFindObject(location, out string? name, out long offset, out _);
        if (isObject || location.Segment > 0)
        {
            _cache.Forget(KeyOf(location, name));
        }

        if (isObject)
        {
            _neighbours.Forget(name!, offset);
        }
    }

    private static CacheKey KeyOf(MemberLocation location, string? name) =>
        location.Segment > 0 ? CacheKey.OfRow(location.Segment, location.Offset) : CacheKey.OfObject(name!);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Lane lane, MemberKey key, ExtentBody body, CancellationToken cancellationToken)
    {
        var extent = new StoredExtent(lane, key, _server, body.Bytes.Length, body.Crc32C);
        string name = ObjectNames.Of(extent);
        long clearings = _cache.Clearings;
        try
        {
            await _objects.PutAsync(name, ObjectBody.Of(body.Bytes, body.Hash, body.Crc32C), cancellationToken);
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

    /// <summary>What was condemned since the look-up may be deleted: that is no damage.</summary>
    private void RequireStillThere(MemberLocation location, string? name)
    {
        if ((_view.TryFindObject(location, out string? now, out _, out _) ? now : null) != name)
        {
            throw new SegmentRetiredException($"'{name}' is no longer where the member is: look it up again.");
        }
    }

    /// <summary>Reads from the object or the row; null when the bytes are what they should be, else what is wrong.</summary>
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
            throw new MemberUnreadableException($"The stored data cannot be read now: {e.Message}", e);
        }
    }

    private static string? Check(ReadOnlySpan<byte> body, MemberLocation location, string where) =>
        Checksum.Crc32C(body) == location.Crc32C ? null : $"{where} is damaged: a checksum does not match";

    private async ValueTask ReadRowAsync(MemberLocation location, Memory<byte> body, CancellationToken cancellationToken)
    {
        long bodyOffset = MemberPlace.Of(location.Offset).BodyOffset;
        ILogBodies bodies = _bodies ?? throw new InvalidOperationException("The bytes are read before the log is attached.");
        if (body.IsEmpty || await bodies.ReadBodiesAsync(location.Segment, bodyOffset, body, cancellationToken) is not { } pack)
        {
            return;
        }

        // Whoever packed the row said so in the same commit.
        await bodies.CatchUpAsync(cancellationToken);
        if (_view.Read(queries => queries.HasRow(location.Segment) && queries.FindPack(location.Segment) is null))
        {
            throw new IOException($"row {location.Segment} of the log is in '{pack}', and no row says where.");
        }

        throw new SegmentRetiredException($"Row {location.Segment} of the log was packed: look the member up again.");
    }
}
