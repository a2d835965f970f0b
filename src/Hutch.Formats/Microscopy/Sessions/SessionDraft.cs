namespace Hutch.Formats.Microscopy.Sessions;

/// <summary>A table while it is made.</summary>
internal sealed class SessionDraft(FileIndex files)
{
    private readonly Dictionary<string, GridLocation> _places = [];
    private readonly List<Exposure> _exposures = [];
    private bool _hasMorePlaces;
    private bool _hasMoreExposures;

    public FileIndex Files => files;

    public Remarks Remarks { get; } = new();

    public List<RecordedSession> Sessions { get; } = [];

    public List<TiltSeries> Series { get; } = [];

    public void Add(GridLocation place)
    {
        if (_places.Count < SessionBuilder.MaxPlaces)
        {
            _places.TryAdd(place.Id, place);
        }
        else
        {
            _hasMorePlaces |= !_places.ContainsKey(place.Id);
        }
    }

    public bool HasPlace(string id) => _places.ContainsKey(id);

    public void Add(Exposure exposure)
    {
        if (_exposures.Count < SessionBuilder.MaxExposures)
        {
            _exposures.Add(exposure);
        }
        else
        {
            _hasMoreExposures = true;
        }
    }

    public SessionTable ToTable()
    {
        if (_hasMorePlaces)
        {
            Remarks.Add($"Only the first {SessionBuilder.MaxPlaces} places are shown.");
        }

        if (_hasMoreExposures)
        {
            Remarks.Add($"Only the first {SessionBuilder.MaxExposures} exposures are shown.");
        }

        var counts = new Dictionary<string, int>();
        foreach (string id in _exposures.SelectMany(static exposure => new[] { exposure.Square, exposure.Place }).OfType<string>())
        {
            counts[id] = counts.GetValueOrDefault(id) + 1;
        }

        return new SessionTable
        {
            Sessions = Sessions,
            Places =
            [
                .. _places.Values.Select(place => place with { Exposures = counts.GetValueOrDefault(place.Id) })
                    .OrderBy(static place => place.Parent ?? "", StringComparer.Ordinal)
                    .ThenBy(static place => place.Id, StringComparer.Ordinal),
            ],
            Series = [.. Series.OrderBy(static series => series.File, StringComparer.Ordinal)],
            Exposures =
            [
                .. _exposures.OrderBy(static exposure => exposure.Acquired ?? DateTime.MaxValue)
                    .ThenBy(static exposure => exposure.Id, StringComparer.Ordinal),
            ],
            Remarks = Remarks.ToList(),
        };
    }
}
