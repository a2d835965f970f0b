namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>Joins the files of SerialEM: each .mdoc to its movies, and these to the items of the navigator.</summary>
internal sealed class SerialEmJoin
{
    private readonly SessionDraft _draft;
    private readonly SessionFile[] _read;
    private readonly Dictionary<string, List<string>> _items = [];

    public SerialEmJoin(SessionDraft draft, SessionFile[] read)
    {
        _draft = draft;
        _read = read;
    }

    public void Run()
    {
        AddItems();
        List<NamedExposure> all = [];
        foreach ((string path, Mdoc mdoc) in _read.Of<Mdoc>().Where(static file => !file.Content.IsMap))
        {
            all.AddRange(Join(path, mdoc));
        }

        List<NamedExposure> single = MergeDoubles(all);
        foreach (IGrouping<string, NamedExposure> group in single.GroupBy(static exposure => exposure.File))
        {
            AddSeries(group.Key, [.. group]);
        }

        RemarkOnUnnamed(single);
    }

    private void AddItems()
    {
        (string Path, IReadOnlyList<NavigatorItem> Items)[] navigators = [.. _read.Of<IReadOnlyList<NavigatorItem>>()];
        foreach ((string path, IReadOnlyList<NavigatorItem> items) in navigators)
        {
            var maps = new Dictionary<string, string>();
            var ids = new string[items.Count];
            var used = new HashSet<string>(StringComparer.Ordinal);
            for (int i = 0; i < items.Count; i++)
            {
                ids[i] = $"item-{(navigators.Length == 1 ? "" : path + "#")}{items[i].Label}";
                if (_draft.HasPlace(ids[i]) || !used.Add(ids[i]))
                {
                    ids[i] += "#" + i.ToString(CultureInfo.InvariantCulture);
                    used.Add(ids[i]);
                }

                if (items[i] is { Kind: NavigatorItemKind.Map, MapId: { } map })
                {
                    maps.TryAdd(map, ids[i]);
                }
            }

            for (int i = 0; i < items.Count; i++)
            {
                AddItem(items[i], ids[i], maps);
            }
        }
    }

    private void AddItem(NavigatorItem item, string id, Dictionary<string, string> maps)
    {
        (CollectionsMarshal.GetValueRefOrAddDefault(_items, item.Label, out _) ??= []).Add(id);
        _draft.Add(new GridLocation
        {
            Id = id,
            Kind = item.Kind switch
            {
                NavigatorItemKind.Map => LocationKind.Map,
                NavigatorItemKind.Polygon => LocationKind.Polygon,
                _ => LocationKind.Point,
            },
            Parent = item.DrawnOn is { } drawn && maps.GetValueOrDefault(drawn) is { } map && map != id ? map : null,
            Name = item.Note is { } note ? $"{item.Label}: {note}" : item.Label,
            State = item.IsToAcquire ? "to acquire" : null,
            Stage = item.Stage,
            Picture = item.Map is { } file && _draft.Files.TryFind(file, 1, out string? picture, out _) ? picture : null,
        });
    }

    /// <summary>The exposures of an .mdoc with their movies, which it names by their paths on another computer.</summary>
    private NamedExposure[] Join(string path, Mdoc mdoc)
    {
        NamedExposure[] found = [.. mdoc.Exposures.Select(exposure => new NamedExposure(path, mdoc, exposure, Movie(path, exposure)))];
        if (mdoc.IsStack && found.Length == 1)
        {
            _draft.Remarks.Add("It has one tilt only.", path);
        }

        if (mdoc.TiltsInMovie > 1)
        {
            _draft.Remarks.Add($"Its movie has the frames of {mdoc.TiltsInMovie} tilts, which are not taken apart.", path);
        }

        string[] named = [.. mdoc.Exposures.Select(static exposure => exposure.Movie).OfType<string>()];
        int lost = named.Length - found.Count(static exposure => exposure.Exposure.Movie is not null && exposure.Movie is not null);
        if (lost > 0)
        {
            _draft.Remarks.Add(
                lost == named.Length
                    ? $"It names {Movies(lost)}, such as {Display.Quote(named[0])}, and none of them is in this dataset."
                    : $"{Movies(lost)} that it names {(lost == 1 ? "is" : "are")} not in this dataset, or in it more than once.",
                path);
        }

        return WithoutRepeated(path, found);
    }

    private static string Movies(int count) => count == 1 ? "1 movie" : $"{count} movies";

    private string? Movie(string path, MdocExposure exposure)
    {
        if (exposure.Movie is { } foreign)
        {
            return _draft.Files.TryFind(foreign, 1, out string? movie, out _) && SessionNames.IsMovieName(movie) ? movie : null;
        }

        // SerialEM names the .mdoc of a single movie after the movie, so that no path is needed.
        string beside = path[..^".mdoc".Length];
        return exposure.Tilt is null && SessionNames.IsMovieName(beside) && _draft.Files.Has(beside) ? beside : null;
    }

    /// <summary>A movie that several tilts name is that of none: which one is not known.</summary>
    private NamedExposure[] WithoutRepeated(string path, NamedExposure[] found)
    {
        var repeated = found.Where(static exposure => exposure.Movie is not null).GroupBy(static exposure => exposure.Movie!)
            .Where(static group => group.Count() > 1).ToDictionary(static group => group.Key, static group => group.Count());
        foreach ((string movie, int tilts) in repeated)
        {
            _draft.Remarks.Add(
                tilts == found.Length
                    ? $"All {tilts} tilts name one movie, {Display.Quote(movie)}, so that none of them has it."
                    : $"{tilts} tilts name one movie, {Display.Quote(movie)}, so that none of them has it.",
                path);
        }

        var foreign = found.Select(static exposure => exposure.Exposure.Movie).OfType<string>()
            .CountBy(static path => path, StringComparer.OrdinalIgnoreCase).ToDictionary(StringComparer.OrdinalIgnoreCase);
        return Array.ConvertAll(
            found,
            exposure => (exposure.Movie is { } movie && repeated.ContainsKey(movie))
                || (exposure.Exposure.Movie is { } path && foreign[path] > 1)
                ? exposure with { Movie = null, IsRepeated = true }
                : exposure);
    }

    /// <summary>Keeps one exposure for each movie: that of a stack before that of the movie's own .mdoc, then the first by path.</summary>
    private List<NamedExposure> MergeDoubles(List<NamedExposure> all)
    {
        var single = new List<NamedExposure>();
        var doubles = new HashSet<(string First, string Second)>();
        foreach (IGrouping<string, NamedExposure> group in all.GroupBy(MovieKey))
        {
            NamedExposure[] same =
            [
                .. group.OrderBy(static one => !one.Mdoc.IsStack).ThenBy(static one => one.File, StringComparer.Ordinal),
            ];
            NamedExposure merged = same[0];
            foreach (NamedExposure other in same.Skip(1))
            {
                (MdocExposure exposure, bool isEqual) = MdocMerge.Merge(merged.Exposure, other.Exposure, isOfMovie: !other.Mdoc.IsStack);
                merged = merged with { Exposure = exposure };
                if (!isEqual)
                {
                    _draft.Remarks.Add(
                        $"It and {Display.Quote(other.File)} state different numbers of {Display.Quote(merged.Exposure.Movie)}: "
                        + "these are left out.",
                        merged.File);
                }
                else if (other.Mdoc.IsStack && doubles.Add((merged.File, other.File)))
                {
                    _draft.Remarks.Add(
                        $"It names movies that {Display.Quote(other.File)} names too: they are shown once, here.", merged.File);
                }
            }

            single.Add(merged);
        }

        return single;
    }

    /// <summary>
    /// The same for exposures of one movie. One that is not in the dataset is known by the path that the files state, if not several tilts
    /// state it.
    /// </summary>
    private static string MovieKey(NamedExposure one) =>
        one.Movie ?? (one.Exposure.Movie is { } foreign && !one.IsRepeated
            ? "\0" + foreign.ToUpperInvariant()
            : $"\0{one.File}\0{one.Exposure.Number}");

    private void AddSeries(string path, NamedExposure[] exposures)
    {
        Mdoc mdoc = exposures[0].Mdoc;
        Dictionary<int, double> accumulated = mdoc.IsStack ? MdocMerge.Accumulate(exposures) : [];
        if (mdoc.IsStack)
        {
            _draft.Series.Add(new TiltSeries
            {
                File = path,
                Stack = StackOf(path, mdoc),
                TiltAxis = mdoc.TiltAxis,
                Tilts = exposures.Length,
                LeastTilt = exposures.Min(static one => one.Exposure.Tilt),
                GreatestTilt = exposures.Max(static one => one.Exposure.Tilt),
                Dose = Array.TrueForAll(exposures, static one => one.Exposure.Dose is not null)
                    ? exposures.Sum(static one => one.Exposure.Dose)
                    : null,
            });
        }

        foreach ((NamedExposure one, int index) in exposures.Select(static (one, index) => (one, index)))
        {
            _draft.Add(Row(one, accumulated.TryGetValue(index, out double dose) ? dose : null));
        }
    }

    private string? StackOf(string path, Mdoc mdoc)
    {
        string beside = path[..^".mdoc".Length];
        string? named = mdoc.ImageFile is { } image ? (SessionNames.FolderOf(path) + "/" + SessionNames.Last(image)).TrimStart('/') : null;
        return _draft.Files.Has(beside) ? beside : named is not null && _draft.Files.Has(named) ? named : null;
    }

    private Exposure Row(NamedExposure one, double? accumulated)
    {
        MdocExposure exposure = one.Exposure;
        return new Exposure
        {
            Id = $"{one.File}#{exposure.Number}",
            Movie = one.Movie,
            Metadata = one.File,
            Place = exposure.NavigatorLabel is { } label && _items.GetValueOrDefault(label) is [var item] ? item : null,
            Series = one.Mdoc.IsStack ? one.File : null,
            Number = one.Mdoc.IsStack ? exposure.Number : null,
            Acquired = exposure.Acquired,
            Tilt = exposure.Tilt,
            PixelSize = exposure.PixelSize,
            Dose = exposure.Dose,
            AccumulatedDose = accumulated,
            TargetDefocus = exposure.TargetDefocus,
            Defocus = exposure.Defocus,
            Duration = exposure.Exposure,
            Frames = exposure.Frames,
            Voltage = exposure.Voltage,
            Magnification = exposure.Magnification,
            Stage = exposure.Stage,
            Gain = exposure is { GainReference: not null, HasGainSize: true, HasGainOrientation: true }
                ? GainState.ReferenceStated
                : GainState.NotCorrected,
        };
    }

    /// <summary>Movies beside those that an .mdoc names, which no .mdoc names: renamed ones, or late ones.</summary>
    private void RemarkOnUnnamed(List<NamedExposure> exposures)
    {
        string[] movies = [.. exposures.Select(static one => one.Movie).OfType<string>()];
        var named = _draft.Series.Select(static series => series.Stack).OfType<string>().Concat(movies).ToHashSet(StringComparer.Ordinal);
        foreach (IGrouping<string, string> folder in movies.GroupBy(SessionNames.FolderOf))
        {
            var extensions = folder.Select(Path.GetExtension).ToHashSet(StringComparer.OrdinalIgnoreCase);
            string[] unnamed =
            [
                .. _draft.Files.In(folder.Key).Where(
                    path => extensions.Contains(Path.GetExtension(path)) && SessionNames.IsMovieName(path) && !named.Contains(path)),
            ];
            _draft.Remarks.AddSeveral(
                unnamed,
                static count => $"{Movies(count)} beside others {(count == 1 ? "is" : "are")} named by no .mdoc, such as this one.");
        }
    }
}

/// <param name="File">The path of the .mdoc.</param>
/// <param name="Movie">The path of the movie in the dataset.</param>
/// <param name="IsRepeated">True if several tilts of the .mdoc name the movie, so that none has it.</param>
internal sealed record NamedExposure(string File, Mdoc Mdoc, MdocExposure Exposure, string? Movie, bool IsRepeated = false);
