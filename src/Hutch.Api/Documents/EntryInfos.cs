using System.Collections;

namespace Hutch.Api.Documents;

/// <summary>The entries of a page of a listing. Each document is made when it is written: none outlives the youngest generation.</summary>
internal sealed class EntryInfos(IReadOnlyList<ListItem> items) : IReadOnlyList<EntryInfo>
{
    public int Count => items.Count(static item => !item.IsCommonPrefix);

    public EntryInfo this[int index] => this.Skip(index).First();

    public IEnumerator<EntryInfo> GetEnumerator()
    {
        foreach (ListItem item in items)
        {
            if (!item.IsCommonPrefix)
            {
                yield return EntryDocuments.From(item);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
