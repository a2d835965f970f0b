using System.Runtime.InteropServices;

namespace Hutch.Catalog.Search;

internal sealed class FacetCounter
{
    private const int MostShortCharacters = 256;

    private readonly PackedFactReader _facts;
    private readonly (SearchField Field, Counted? Values)[] _fields;
    private readonly Dictionary<long, Counted> _byNumber = [];

    /// <param name="fields">The fields, in the order of the result.</param>
    public FacetCounter(PackedFactReader facts, IEnumerable<SearchField> fields)
    {
        _facts = facts;
        _fields = [.. fields.Select(field => (field, facts.NumberOf(field) is { } number ? Counting(number, field) : null))];
    }

    public int Datasets { get; private set; }

    public void Add(long key)
    {
        Datasets++;
        foreach (PackedFacts.Fact fact in _facts.Read(key))
        {
            if (_byNumber.TryGetValue(fact.Field, out Counted? counted))
            {
                counted.Add(key, fact);
            }
        }
    }

    /// <summary>Returns the values in the order of the fields, without fields that no dataset has.</summary>
    public IReadOnlyList<FacetCount> Counts(int most) =>
        [.. _fields.Select(one => one.Values?.Count(one.Field, most)).OfType<FacetCount>()];

    private Counted Counting(long number, SearchField field)
    {
        if (!_byNumber.TryGetValue(number, out Counted? counted))
        {
            _byNumber.Add(number, counted = field.Dimension switch
            {
                "" => new Texts(),
                SearchField.Flag => new Flags(),
                SearchField.Time => new Times(onlyYears: field == SearchField.Published),
                _ => new Numbers(),
            });
        }

        return counted;
    }

    private abstract class Counted
    {
        public abstract void Add(long key, PackedFacts.Fact fact);

        public abstract FacetCount? Count(SearchField field, int most);

        /// <summary>Returns the first values of an order: the most frequent ones, or the last ones by name.</summary>
        protected static FacetCount? From(SearchField field, IEnumerable<(string Value, string Shown, int Datasets)> ordered, int most)
        {
            FacetValue[] values = [.. ordered.Take(most + 1).Select(static one => new FacetValue(one.Shown, one.Datasets))];
            return values.Length == 0 ? null : new FacetCount(field, [.. values.Take(most)], values.Length > most);
        }
    }

    /// <summary>The most frequent texts. A dataset has each once.</summary>
    private sealed class Texts : Counted
    {
        private readonly Dictionary<string, (int Datasets, string? Shown)> _values = new(StringComparer.Ordinal);

        public override void Add(long key, PackedFacts.Fact fact)
        {
            ReadOnlySpan<byte> utf8 = fact.Text;
            Span<char> shortText = stackalloc char[MostShortCharacters];
            ReadOnlySpan<char> value = utf8.Length <= MostShortCharacters
                ? shortText[..Encoding.UTF8.GetChars(utf8, shortText)]
                : Encoding.UTF8.GetString(utf8);
            ref (int Datasets, string? Shown) counted = ref CollectionsMarshal.GetValueRefOrAddDefault(
                _values.GetAlternateLookup<ReadOnlySpan<char>>(), value, out _);
            counted.Datasets++;
            if (!fact.Shown.IsEmpty && Encoding.UTF8.GetString(fact.Shown) is var shown && string.CompareOrdinal(shown, counted.Shown) > 0)
            {
                counted.Shown = shown;
            }
        }

        public override FacetCount? Count(SearchField field, int most) => From(
            field,
            _values.Select(static one => (one.Key, one.Value.Shown ?? one.Key, one.Value.Datasets))
                .OrderByDescending(static one => one.Datasets).ThenBy(static one => one.Key, StringComparer.Ordinal),
            most);
    }

    private sealed class Flags : Counted
    {
        private readonly int[] _datasets = new int[2];

        public override void Add(long key, PackedFacts.Fact fact) => _datasets[fact.Number == 1 ? 1 : 0]++;

        public override FacetCount? Count(SearchField field, int most) => From(
            field,
            new[] { ("false", "false", _datasets[0]), ("true", "true", _datasets[1]) }
                .Where(static one => one.Item3 > 0).OrderByDescending(static one => one.Item3),
            most);
    }

    /// <summary>The newest months, or years if there are many months.</summary>
    private sealed class Times(bool onlyYears) : Counted
    {
        private readonly Dictionary<int, (int Datasets, long Last)> _months = [];
        private readonly Dictionary<int, (int Datasets, long Last)> _years = [];

        public override void Add(long key, PackedFacts.Fact fact)
        {
            double seconds = fact.Number;
            if (seconds >= DateTime.MinValue.Subtract(DateTime.UnixEpoch).TotalSeconds
                && seconds < DateTime.MaxValue.Subtract(DateTime.UnixEpoch).TotalSeconds)
            {
                DateTime time = DateTime.UnixEpoch.AddSeconds(seconds);
                Record(_months, (time.Year * 12) + time.Month - 1, key);
                Record(_years, time.Year, key);
            }
        }

        public override FacetCount? Count(SearchField field, int most)
        {
            IEnumerable<(string, string, int)> Newest(Dictionary<int, (int Datasets, long Last)> counted, Func<int, string> name) =>
                counted.OrderByDescending(static one => one.Key).Select(one => (name(one.Key), name(one.Key), one.Value.Datasets));

            return onlyYears || _months.Count > most
                ? From(field, Newest(_years, static year => year.ToString("0000", CultureInfo.InvariantCulture)), most)
                : From(field, Newest(_months, MonthName), most);
        }

        private static string MonthName(int month) =>
            string.Create(CultureInfo.InvariantCulture, $"{month / 12:0000}-{(month % 12) + 1:00}");

        // A dataset with two times of one month has that month once.
        private static void Record(Dictionary<int, (int Datasets, long Last)> counted, int when, long key)
        {
            ref (int Datasets, long Last) one =
                ref CollectionsMarshal.GetValueRefOrAddDefault(counted, when, out _);
            one = (one.Datasets + (one.Last == key ? 0 : 1), key);
        }
    }

    private sealed class Numbers : Counted
    {
        private double? _least;
        private double? _greatest;

        public override void Add(long key, PackedFacts.Fact fact)
        {
            _least = _least < fact.Number ? _least : fact.Number;
            _greatest = _greatest > fact.Number ? _greatest : fact.Number;
        }

        public override FacetCount? Count(SearchField field, int most) =>
            _least is null ? null : new FacetCount(field, [], false) { Least = _least, Greatest = _greatest };
    }
}
