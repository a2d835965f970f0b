namespace Hutch.Model.Tests.Entries;

public sealed class RestrictedModeTests
{
    [Theory]
    [InlineData("0600", 384)]
    [InlineData("0640", 416)]
    [InlineData("0444", 292)]
    [InlineData("0000", 256)] // its owner may read it
    [InlineData("7777", 438)] // and nothing runs as somebody else
    [InlineData("600", null)]
    [InlineData("00600", null)]
    [InlineData("0800", null)]
    [InlineData("-600", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Four_octal_digits_are_a_mode_of_reading_and_writing(string? text, int? mode) => Assert.Equal(mode, RestrictedMode.Parse(text));

    [Theory]
    [InlineData("0644", "0644", null, null)]
    [InlineData("0664", "0644", null, null)] // more than a new file has is not kept
    [InlineData("0644", "0664", null, null)] // nor who else may write it
    [InlineData("0640", "0664", null, "0640")]
    [InlineData("0600", "0644", null, "0600")]
    [InlineData("0700", "0644", null, "0600")]
    [InlineData("0444", "0644", null, "0444")]
    [InlineData("0600", "0600", null, null)] // as all files of somebody who lets nobody in
    [InlineData("0644", "0600", null, null)]
    [InlineData("0600", "0600", "0600", "0600")]
    [InlineData("0600", "0600", "0640", "0640")] // as it came from the dataset
    [InlineData("0644", "0644", "0600", null)]
    [InlineData("0400", "0600", "0440", "0440")]
    [InlineData("0600", "0644", "0640", "0600")]
    public void What_a_file_lacks_of_a_new_one_is_kept(string mode, string newFile, string? before, string? kept) =>
        Assert.Equal(kept, RestrictedMode.Find(Octal(mode), Octal(newFile), RestrictedMode.Parse(before)) is { } found ? RestrictedMode.Format(found) : null);

    [Theory]
    [InlineData("0644", null, false, "0644")]
    [InlineData("0644", null, true, "0755")]
    [InlineData("0644", "0600", true, "0700")]
    [InlineData("0644", "0640", false, "0640")]
    [InlineData("0600", "0644", false, "0600")] // never more than the mask of who brings it
    [InlineData("4644", "0444", true, "0555")]
    public void A_restored_file_gets_its_stored_mode_and_never_more_access_than_a_new_file(string newFile, string? kept, bool executable, string mode) =>
        Assert.Equal(mode, RestrictedMode.Format(RestrictedMode.Restore(Octal(newFile), RestrictedMode.Parse(kept), executable)));

    private static int Octal(string digits) => Convert.ToInt32(digits, 8);
}
