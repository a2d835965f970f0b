using System.Security.Cryptography;
using Hutch.Datasets.Backups;
using Hutch.Datasets.Replication.Sites;
using Hutch.Model.Sites;
using Hutch.Zone;

namespace Hutch.Federation.Keys;

/// <summary>The key of this site, made on first use: in a file for its owner alone or, for several servers, in the zone.</summary>
/// <param name="configuredName">The name of a site that has not joined a zone.</param>
public sealed class SiteKeyStore(IDisk disk, string dataFolder, SiteRegistry registry, string configuredName) : ISiteSigner, IDisposable
{
    public const string FileName = ZoneServices.SiteKeyName;

    private const int MaxBytes = 4096;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private SiteKey? _key;

    public string Name => registry.Zone?.SiteName ?? configuredName;

    /// <summary>The key; durable before it is returned.</summary>
    /// <exception cref="HutchException">The file is damaged, or others may read it.</exception>
    internal async ValueTask<SiteKey> GetAsync(CancellationToken ct)
    {
        if (Volatile.Read(ref _key) is { } known)
        {
            return known;
        }

        await _gate.WaitAsync(ct);
        try
        {
            return _key ??= Read(registry.IsEmbedded
                ? ReadOrMakeFile()
                : Encoding.ASCII.GetString(
                    await registry.ShareKeyAsync(FileName, static () => Encoding.ASCII.GetBytes(SiteKey.Make()), ct)));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Writes into the file of the key which zone it has joined. Does nothing if servers share the key.</summary>
    internal async ValueTask MarkAsync(JoinedZoneRecord joined, CancellationToken ct)
    {
        _ = await GetAsync(ct);
        if (!registry.IsEmbedded)
        {
            return;
        }

        await _gate.WaitAsync(ct);
        try
        {
            string path = PathIn(dataFolder);
            string text = Encoding.ASCII.GetString(disk.ReadAllBytes(path, MaxBytes));
            string marked = SiteKeyMark.Of(joined).Write(text);
            if (marked != text)
            {
                AtomicFile.Replace(disk, path, Encoding.ASCII.GetBytes(marked));
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Returns what the file of the key in a data folder says about a joined zone; null for nothing, or no key.</summary>
    internal static SiteKeyMark? FindMark(IDisk disk, string dataFolder)
    {
        string path = PathIn(dataFolder);
        return disk.FileExists(path) ? SiteKeyMark.Find(Encoding.ASCII.GetString(disk.ReadAllBytes(path, MaxBytes))) : null;
    }

    public async ValueTask<BlobHash> GetKeyAsync(CancellationToken ct) => (await GetAsync(ct)).Fingerprint;

    public async ValueTask<string> SignAsync(ReceiptStatement statement, CancellationToken ct) =>
        SignedText.Sign(await GetAsync(ct), statement.ToBytes());

    public async ValueTask<string> SignAsync(RerunStatement statement, CancellationToken ct) =>
        SignedText.Sign(await GetAsync(ct), Encoding.UTF8.GetBytes(statement.ToText()));

    public async ValueTask<IHomeSigner> SealAsync(CancellationToken ct) => new HomeSigner(await GetAsync(ct), registry.ZoneId);

    public void Dispose()
    {
        _key?.Dispose();
        _gate.Dispose();
    }

    private static string PathIn(string dataFolder) => Path.Combine(dataFolder, BackupWriter.KeyFolder, FileName);

    private string ReadOrMakeFile()
    {
        string path = PathIn(dataFolder);
        if (!disk.FileExists(path))
        {
            disk.CreateFolder(Path.GetDirectoryName(path)!);
            disk.SyncFolder(dataFolder);
            AtomicFile.Replace(disk, path, Encoding.ASCII.GetBytes(SiteKey.Make()));
        }

        return FileFacts.Read(path) is { IsOpenToOthers: true }
            ? throw ErrorCode.BadConfiguration.With(
                $"Others may read {path}, the key that this site proves itself with: `chmod 600` it. If another user may have read it, "
                + "remove the site from the zone, and let it join anew with another key.").ToException()
            : Encoding.ASCII.GetString(disk.ReadAllBytes(path, MaxBytes));
    }

    private SiteKey Read(string pem)
    {
        try
        {
            return SiteKey.Read(pem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw ErrorCode.BadConfiguration.With(
                $"{PathIn(dataFolder)} is damaged: {e.Message.TrimEnd('.')}. Restore it from a "
                + "backup, or let the site join anew with another key.").ToException(e);
        }
    }
}
