using Hutch.Buckets.Nearline;

namespace Hutch.Buckets;

/// <summary>Checks a data folder over a bucket for <c>hutch doctor</c>. It only reads, so that a server may run meanwhile.</summary>
internal sealed class FolderExamination(IDisk disk, IObjectStore objects, FolderSettings settings, TimeProvider time)
{
    private const int MaxAsked = 1000;
    private const int MaxObjects = 200 * ObjectPage.MaxKeys;
    private static readonly TimeSpan MaxClockDifference = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LeftOverAfter = TimeSpan.FromDays(1);

    private readonly FolderObjects _names = new(settings.Prefix, settings.NewId);
    private readonly List<EngineFinding> _findings = [];

    public async Task<IReadOnlyList<EngineFinding>> RunAsync(string dataFolder, CancellationToken ct)
    {
        if (settings.Mirror is null)
        {
            _findings.Add(EngineFinding.Record(
                "Open segments have no mirror: with this machine, the newest writes are lost.",
                "Set 'storage.bucket.mirror' to 'bucket', or to a folder on another disk."));
        }

        try
        {
            FolderRecord? record = FolderRecord.Read(disk, dataFolder);
            if (await FolderOwner.FindAsync(objects, _names.Owner, ct) is { } owner)
            {
                CheckOwner(owner, record?.Header);
                await CheckClockAsync(owner, ct);
            }
            else
            {
                AddWithoutOwner(record?.Header);
            }

            if (record is not null)
            {
                await CheckLeftOversAsync(record, ct);
            }

            await CheckNearlineAsync(record, ct);
            if (await objects.KeepsVersionsAsync(ct))
            {
                _findings.Add(EngineFinding.Problem(
                    $"The bucket {objects.Name} keeps old versions: purged data stay there.",
                    "Turn versioning off and remove the old versions."));
            }
        }
        catch (Exception e) when (BucketFailure.Is(e))
        {
            _findings.Add(EngineFinding.Problem(
                $"The bucket {objects.Name} cannot be used: {e.Message.TrimEnd('.')}.",
                "Check 'storage.bucket', its key, the network and the store."));
        }

        return _findings;
    }

    private void AddWithoutOwner(SegmentList? own) => _findings.Add(own is { Number: > 0 }
        ? EngineFinding.Problem(
            $"The bucket {objects.Name} has no '{_names.Owner}': it is not the bucket of this data folder, or it lost its content.",
            "Check 'storage.bucket', or restore the bucket from a copy.")
        : EngineFinding.Record(
            $"The bucket {objects.Name} belongs to no data folder yet.", "The first start of the server takes it."));

    private void CheckOwner(FolderOwner owner, SegmentList? own)
    {
        if (own is null || owner.Site != own.Site)
        {
            _findings.Add(EngineFinding.Problem(
                $"The bucket {objects.Name} belongs to another data folder ({owner.Where}).",
                "Give this one an empty bucket or another 'storage.bucket.prefix'. After the loss of a machine, run "
                + "`hutch rebuild --from-bucket` into an empty folder."));
        }
        else if (owner.Start != own.Start && owner.Start != own.Next)
        {
            _findings.Add(EngineFinding.Problem(
                $"Another server has taken over the bucket {objects.Name} ({owner.Where}).",
                "Stop this one for good. If the other one is wrong, start this one with `--take-over-bucket`."));
        }
    }

    /// <summary>Compares the clock of the machine that wrote the owner with that of the bucket.</summary>
    private async Task CheckClockAsync(FolderOwner owner, CancellationToken ct)
    {
        ObjectPage page = await objects.ListAsync(_names.Owner, null, 1, ct);
        if (page.Objects.Count > 0
            && (page.Objects[0].Modified - owner.Since).Duration() is var difference && difference > MaxClockDifference)
        {
            _findings.Add(EngineFinding.Problem(
                string.Create(CultureInfo.InvariantCulture, $"At the last start, clocks differed by {difference.TotalMinutes:0} minutes: ")
                + $"those of {owner.Machine} and of the bucket {objects.Name}. A store refuses signatures that differ by 15.",
                "Set both by NTP."));
        }
    }

    /// <summary>Asks nearline storage for the states of its segments, and of one that it never got.</summary>
    private async Task CheckNearlineAsync(FolderRecord? record, CancellationToken ct)
    {
        if (settings.Nearline?.Open(disk, objects, _names, time) is not { } nearline)
        {
            return;
        }

        string[] asked =
        [
            .. (record?.Live ?? []).Where(static segment => segment.IsNearline).Select(static segment => segment.Object).Take(MaxAsked),
        ];
        string never = $"never-stored-{settings.NewId():N}";
        try
        {
            IReadOnlyDictionary<string, NearlineState> states = await nearline.FindStatesAsync([.. asked, never], ct);
            if (states.TryGetValue(never, out NearlineState unknown) && unknown.Exists)
            {
                _findings.Add(EngineFinding.Problem(
                    $"{nearline.Name} has a state for a segment that it never got, so that a lost one would go unnoticed.",
                    "Have it answer 'missing', or nothing, for unknown names."));
            }

            string[] lost = [.. asked.Where(name => !(states.TryGetValue(name, out NearlineState state) && state.Exists))];
            if (lost.Length > 0)
            {
                _findings.Add(EngineFinding.Problem(
                    $"{nearline.Name} lacks {lost.Length} of {asked.Length} segments. The first is {lost[0]}.",
                    "Look for them there, or restore them from a copy: reads of their files answer 503."));
            }
        }
        catch (Exception e) when (BucketFailure.Is(e))
        {
            _findings.Add(EngineFinding.Problem(
                $"Nearline storage cannot be asked: {e.Message.TrimEnd('.')}.",
                "Check 'storage.bucket.nearline', and the tape manager or the bucket."));
        }
    }

    /// <summary>Finds objects that no list names: uploads whose answer was lost, and what earlier lives left.</summary>
    private async Task CheckLeftOversAsync(FolderRecord record, CancellationToken ct)
    {
        HashSet<string> known = [.. record.Live.Concat(record.Retired).Select(static segment => segment.Object)];
        DateTimeOffset before = time.GetUtcNow() - LeftOverAfter;
        var (count, bytes, first) = (0, 0L, "");
        await foreach (ObjectFacts one in objects.ListAllAsync(_names.Segments, ct).Take(MaxObjects))
        {
            if (!known.Contains(one.Key) && one.Modified < before)
            {
                (count, bytes, first) = (count + 1, bytes + one.Length, count == 0 ? one.Key : first);
            }
        }

        if (count > 0)
        {
            _findings.Add(EngineFinding.Record(
                $"The bucket {objects.Name} has {count} segments ({Display.Bytes(bytes)}) that this data folder does not use: uploads "
                + $"whose answer was lost. The first is {Display.Quote(first)}.",
                "They only take space. Delete them with a program for S3 while the server is stopped."));
        }
    }
}
