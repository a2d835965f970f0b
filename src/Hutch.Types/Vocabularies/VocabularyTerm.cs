namespace Hutch.Types.Vocabularies;

/// <param name="Id">The identifier within its vocabulary, such as <c>PaNET01164</c>.</param>
/// <param name="Address">The identifier as an address.</param>
/// <param name="Aliases">Other labels, such as abbreviations.</param>
/// <param name="BroaderIds">The identifiers of the next broader terms.</param>
public sealed record VocabularyTerm(
    string Id, string Address, string Label, IReadOnlyList<string> Aliases, IReadOnlyList<string> BroaderIds);
