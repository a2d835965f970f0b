using Hutch.Agent.Publishing;
using Hutch.Agent.Rules;
using Hutch.Agent.Survey;
using Hutch.Agent.Watching;

namespace Hutch.Agent.Adopting;

/// <summary>Plans adoptions: goes through a folder as later scans do, and changes nothing.</summary>
internal sealed class AdoptionSurvey(
    AdoptionRoots roots, FolderRecords records, AdoptionLimits limits, WatchingOptions options, TimeProvider time)
{
    private const int MaxNotices = 20;

    /// <param name="each">A pattern of the folders below that become datasets; null for one dataset.</param>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public async Task<Result<AdoptionPlan>> PlanAsync(string path, string? each, CancellationToken ct)
    {
        IReadOnlyList<SiteDataset> published = await records.ListAsync(ct);
        if (!roots.Check(path, isStore: false, published).TryGet(out string? root, out HutchError? refusal))
        {
            return refusal;
        }

        FolderPattern? pattern = null;
        if (each is not null && !FolderPattern.Parse("/" + each).TryGet(out pattern, out refusal))
        {
            return ErrorCode.BadRequest.With($"{Display.Quote(each)} is no pattern of folders: {refusal.Message}");
        }

        Dictionary<string, SiteDataset> known = [];
        foreach (SiteDataset dataset in published.Where(dataset => AdoptedFolder.Of(dataset)?.Root == root))
        {
            known[dataset.Folder!] = dataset;
        }

        // A walk through a large tree takes minutes, and file systems have no asynchronous calls.
        return await Task.Run(() => new Walk(root, limits, options, time).Plan(pattern, known, ct), ct);
    }

    private sealed class Walk(string root, AdoptionLimits limits, WatchingOptions options, TimeProvider time)
    {
        private readonly List<AdoptionPart> _parts = [];
        private readonly List<string> _notices = [];
        private readonly List<string> _refusals = [];
        private readonly ScanFacts _facts = new();
        private readonly OmissionCounter _omissions = new();

        public AdoptionPlan Plan(FolderPattern? pattern, Dictionary<string, SiteDataset> known, CancellationToken ct)
        {
            string[] folders = pattern is null ? [root] : [.. FindFolders(pattern)];
            if (folders.Length is 0 or > AdoptionPlan.MaxParts)
            {
                _refusals.Add(folders.Length == 0
                    ? $"No folder in {Display.Quote(root)} matches the pattern."
                    : $"{folders.Length} folders match the pattern; an adoption has at most {AdoptionPlan.MaxParts} datasets.");
                return Report();
            }

            if (FindOverlap(folders, known) is { } overlap)
            {
                _refusals.Add(overlap);
                return Report();
            }

            HashSet<string> names = new(StringComparer.Ordinal);
            foreach (string folder in folders)
            {
                AddPart(folder, known.GetValueOrDefault(folder), names, ct);
            }

            AddNotices();
            return Report();
        }

        /// <summary>The folders that a pattern names, level by level. What stands beside them is in no dataset.</summary>
        private List<string> FindFolders(FolderPattern pattern)
        {
            List<string> paths = [root];
            for (int level = 0; level < pattern.Names.Count; level++)
            {
                List<string> below = [];
                foreach (string path in paths)
                {
                    foreach ((FolderEntry entry, FileType type) in WatchedParents.Entries(path))
                    {
                        if (!entry.IsUtf8)
                        {
                            _omissions.Add(OmissionCounter.ReasonOf(ScanFault.NotUtf8), 1, Path.Combine(path, entry.Name));
                        }
                        else if (type == FileType.Folder && pattern.Matches(level, entry.Name))
                        {
                            below.Add(Path.Combine(path, entry.Name));
                        }
                        else
                        {
                            _omissions.Add("in no folder that the pattern names", 1, Path.Combine(path, entry.Name));
                        }
                    }
                }

                paths = below;
            }

            return paths;
        }

        /// <summary>Another pattern than before must not put a file into two datasets.</summary>
        private static string? FindOverlap(string[] folders, Dictionary<string, SiteDataset> known)
        {
            HashSet<string> wanted = new(folders, StringComparer.Ordinal);
            return known.Keys.Where(folder => Above(folder).Any(wanted.Contains))
                .Concat(folders.Where(folder => Above(folder).Any(known.ContainsKey)))
                .Select(folder => $"{Display.Quote(folder)} is in a dataset of this adoption already, or has one below it. Use the pattern "
                    + "of the first adoption, or delete its datasets first, which leaves the folder as it is.")
                .FirstOrDefault();
        }

        private static IEnumerable<string> Above(string folder)
        {
            for (string? above = Path.GetDirectoryName(folder); above is not null; above = Path.GetDirectoryName(above))
            {
                yield return above;
            }
        }

        private void AddPart(string folder, SiteDataset? dataset, HashSet<string> names, CancellationToken ct)
        {
            if (dataset is { TrashedUntil: not null })
            {
                AddNotice($"{Display.Quote(folder)} is left out: its dataset '{dataset.Owner}/{dataset.Slug}' is in the trash.");
                return;
            }

            long links = _facts.Links;
            if (Scan(folder, ct) is not { } result)
            {
                AddNotice($"{Display.Quote(folder)} is left out: it was moved or removed just now.");
                return;
            }

            AdoptedFolder location = new AdoptedFolder(root, folder);
            string other = DatasetSlug.For(folder, location.Identity).Value;
            string slug = DatasetSlug.For(folder, null).Value;
            _parts.Add(new AdoptionPart(folder, location.Identity)
            {
                Dataset = dataset?.Id,
                Name = dataset is null ? names.Add(slug) ? slug : other : $"{dataset.Owner}/{dataset.Slug}",
                OtherSlug = dataset is null ? other : null,
                Title = DatasetFinder.TitleOf(folder),
                Files = result.Files,
                Entries = result.Files + _facts.Links - links,
                Bytes = result.Bytes,
            });
            Add(folder, result);
        }

        private FolderScanResult? Scan(string folder, CancellationToken ct)
        {
            _facts.Folder = folder;
            var request = new FolderScanRequest(folder, FolderRule.Adopted);
            var scan = new FolderScan(folder, FolderRule.Adopted, options, time, null, _facts);
            FolderScanResult? result;
            do
            {
                result = scan.Scan(request, null, ct);
            }
            while (result?.Next == NextScan.Now);
            return result;
        }

        private void Add(string folder, FolderScanResult result)
        {
            foreach ((ScanFault fault, int count) in result.Faults)
            {
                _omissions.Add(OmissionCounter.ReasonOf(fault), count, null);
            }

            foreach (string problem in result.Problems)
            {
                AddNotice($"{Display.Quote(folder)}: {problem}");
            }

            if (result.Faults.ContainsKey(ScanFault.TooMany))
            {
                _refusals.Add(
                    $"{Display.Quote(folder)} has more than {options.MaxFilesPerFolder} files and directories "
                    + "(agent.watching.maxFilesPerFolder). Make more datasets of it with a pattern, or raise the limit.");
            }
            else if (result.Unseen.Contains(""))
            {
                _refusals.Add($"{Display.Quote(folder)} cannot be read by the server.");
            }
            else if (result.Files > limits.MaxFilesOfGit)
            {
                AddNotice(
                    $"{Display.Quote(folder)} has {result.Files} files: git and DataLad show versions with at most "
                    + $"{limits.MaxFilesOfGit} (dataLad.maxFiles).");
            }
        }

        private void AddNotices()
        {
            foreach (string link in _facts.LeadingOut)
            {
                AddNotice($"The link {Display.Quote(link)} leads out of its folder: it is listed, and not followed.");
            }

            if (_facts.HasCoarseTimes)
            {
                _notices.Insert(
                    0, "The file system keeps times to the second only: a file that changes twice within a second may keep the hash of its "
                    + "first change.");
            }

            if (_parts.Count > 0 && _parts.All(part => part.Dataset is not null))
            {
                _notices.Insert(0, "All of it is adopted already; it is scanned again.");
            }
        }

        private void AddNotice(string text)
        {
            if (_notices.Count < MaxNotices)
            {
                _notices.Add(text);
            }
        }

        private AdoptionPlan Report() => new(root)
        {
            Parts = _parts,
            Files = _facts.Files,
            Bytes = _facts.Bytes,
            FurtherNames = _facts.FurtherNames,
            SparseFiles = _facts.SparseFiles,
            Links = _facts.Links,
            LinksLeadingOut = _facts.LinksLeadingOut,
            LeftOut = _omissions.ToList(),
            HashSeconds = (_facts.Bytes + limits.HashBytesPerSecond - 1) / limits.HashBytesPerSecond,
            Notices = _notices,
            Refusals = _refusals,
        };
    }
}
