using FsCheck;
using FsCheck.Fluent;
using Hutch.Disk.Folders.Systems;

namespace Hutch.Disk.Tests;

public sealed class WindowsNamesTests
{
    [Theory]
    [InlineData("plain.txt", "plain.txt")]
    [InlineData("déjà vu", "déjà vu")]
    [InlineData("run:1", "run\uF03A1")]
    [InlineData("a\\b", "a\uF05Cb")]
    [InlineData("what?*\"<>|", "what\uF03F\uF02A\uF022\uF03C\uF03E\uF07C")]
    [InlineData("tab\there", "tab\uF009here")]
    [InlineData("ends.", "ends\uF02E")]
    [InlineData("ends ", "ends\uF020")]
    [InlineData("..more..", "..more.\uF02E")]
    [InlineData("con", "\uF063on")]
    [InlineData("Com1.txt", "\uF043om1.txt")]
    [InlineData("nul .tar.gz", "\uF06Eul .tar.gz")]
    [InlineData("LPT²", "\uF04CPT²")]
    [InlineData("console", "console")]
    [InlineData("com10", "com10")]
    [InlineData("\u00011aaa", "\uF0011aaa")]
    public void A_forbidden_name_is_written_with_stand_ins_and_comes_back(string name, string onDisk)
    {
        Assert.Equal(onDisk, WindowsNames.OnDisk(name));
        Assert.Equal(name, WindowsNames.Of(onDisk));
    }

    [Fact]
    public void A_name_that_would_come_back_as_another_is_refused()
    {
        Assert.Throws<IOException>(() => WindowsNames.OnDisk("run\uF03A1"));
    }

    [Theory]
    [InlineData("\uF041bc")] // stands for a letter, which needs none
    [InlineData("a\uF02Eb")] // a dot in the middle
    public void What_we_never_wrote_stays_as_it_is(string onDisk)
    {
        Assert.Equal(onDisk, WindowsNames.Of(onDisk));
        Assert.Equal(onDisk, WindowsNames.OnDisk(onDisk));
    }

    [Fact]
    public void Every_name_comes_back_or_is_refused()
    {
        string[] parts = ["con", "a", ".", " ", ":", "\\", "\u0001", "\uF03A", "\uF041", "\uF02E", "nul", "é", "1"];
        Prop.ForAll(Gen.Elements(parts).ListOf().Select(string.Concat).Where(name => name.Length > 0).ToArbitrary(), name =>
        {
            string onDisk;
            try
            {
                onDisk = WindowsNames.OnDisk(name);
            }
            catch (IOException)
            {
                return name.AsSpan().IndexOfAnyInRange('\uF001', '\uF07F') >= 0;
            }

            return WindowsNames.Of(onDisk) == name && !WindowsNames.IsForbidden(onDisk);
        }).QuickCheckThrowOnFailure();
    }
}
