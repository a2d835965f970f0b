namespace Hutch.Model;

public readonly record struct DatasetName(AccountName Owner, Slug Slug)
{
    public static Result<DatasetName> Parse(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return ErrorCode.InvalidName.With($"{Display.Quote(text)} is not the full name of a dataset: use OWNER/NAME.");
        }

        return AccountName.Parse(text[..slash]).Then(
            owner => Slug.Parse(text[(slash + 1)..]).Then<DatasetName>(slug => new DatasetName(owner, slug)));
    }

    public override string ToString() => $"{Owner}/{Slug}";
}
