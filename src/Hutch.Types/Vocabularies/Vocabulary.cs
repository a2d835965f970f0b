namespace Hutch.Types.Vocabularies;

/// <summary>A published list of terms with identifiers, from which people choose by label.</summary>
public sealed class Vocabulary
{
    private readonly Dictionary<string, VocabularyTerm> _byText;

    private Vocabulary(string name, string address, IReadOnlyList<VocabularyTerm> terms)
    {
        (Name, Address, Terms) = (name, address, terms);
        _byText = new Dictionary<string, VocabularyTerm>(StringComparer.OrdinalIgnoreCase);

        // A label goes before another term's alias.
        foreach ((string text, VocabularyTerm term) in terms.Select(static term => (term.Label, term))
            .Concat(terms.SelectMany(static term => ((string[])[term.Id, term.Address, .. term.Aliases]).Select(text => (text, term)))))
        {
            _byText.TryAdd(text, term);
        }
    }

    /// <summary>
    /// The techniques of the Photon and Neutron Experimental Techniques ontology (PaNET 1.3.0, CC BY 4.0,
    /// https://github.com/ExPaNDS-eu/ExPaNDS-experimental-techniques-ontology, source/PaNET.csv at 73715e8). The terms that intersect in
    /// the definition of a technique are broader terms of it.
    /// </summary>
    public static Vocabulary PaNet { get; } = Read("PaNET", "http://purl.org/pan-science/PaNET/");

    public static IReadOnlyList<Vocabulary> All { get; } = [PaNet];

    /// <summary>Finds a vocabulary by its name; null for none.</summary>
    public static Vocabulary? FindByName(string name) => All.FirstOrDefault(one => one.Name == name);

    public string Name { get; }

    /// <summary>The address of the vocabulary, with which those of its terms begin.</summary>
    public string Address { get; }

    public IReadOnlyList<VocabularyTerm> Terms { get; }

    /// <summary>Finds a term by its label, an alias, its identifier or address; null for none.</summary>
    public VocabularyTerm? Find(string text) => _byText.GetValueOrDefault(text.Trim());

    /// <summary>Returns a term and all broader ones, the nearest first.</summary>
    public IReadOnlyList<VocabularyTerm> WithBroader(VocabularyTerm term)
    {
        List<VocabularyTerm> all = [term];
        for (int next = 0; next < all.Count; next++)
        {
            all.AddRange(all[next].BroaderIds.Select(id => _byText[id]).Except(all));
        }

        return all;
    }

    /// <summary>Reads a table with a line per term: identifier, label, aliases (<c>; </c>), identifiers of broader terms.</summary>
    private static Vocabulary Read(string name, string address) => new(
        name,
        address,
        [
            .. Encoding.UTF8.GetString(BuiltInFile.Read("terms/" + name))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(static line => line.Split('\t'))
                .Select(cells => new VocabularyTerm(
                    cells[0],
                    address + cells[0],
                    cells[1],
                    cells[2].Split("; ", StringSplitOptions.RemoveEmptyEntries),
                    cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries))),
        ]);
}
