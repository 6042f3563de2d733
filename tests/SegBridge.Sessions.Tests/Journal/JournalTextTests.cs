using SegBridge.Imaging.Geometry;
using SegBridge.Imaging.Intensity;
using SegBridge.Imaging.Masks;
using SegBridge.Sessions.Journal;
using SegBridge.Sessions.Prompts;
using SegBridge.Sessions.Segments;
using SegBridge.Sessions.Sections;
using SegBridge.Sessions.Steps;

namespace SegBridge.Sessions.Tests.Journal;

public sealed class JournalTextTests
{
    private static readonly VoxelBox Box = new(new Ijk(1, 2, 3), new Ijk(11, 4, 5));

    private static readonly ObliquePlane Tilted = new(
        new LpsPoint(0.1, -20, 1.0 / 3), new LpsVector(1, 2, 3) * (1 / new LpsVector(1, 2, 3).Length), new LpsVector(2, -1, 0) * (1 / new LpsVector(2, -1, 0).Length), 0.7, 1.1, 40, 30);

    private static readonly Act[] Acts =
    [
        JournalFolder.Opened with
        {
            Volume = TestSession.Volume with { DisplayWindow = new IntensityWindow(-0.1, 1e-300), Modality = Modality.CT },
            Owner = CallerSeal.Of("anna"),
        },
        new SegmentPutAct(new SegmentSettings("1", "Näme\n\"quoted\"", 0x123456, "SCT^1", AllowOverlap: true, Locked: false)),
        new WaitingAct("1", new StepPlace(new SlicePlane(Axis.J, 3)), [Requested(new PointPrompt(Polarity.Negative, new VoxelPoint(1.0 / 3, Math.PI, -0.5)))], []),
        new WaitingAct("1", StepPlace.Volume, [], [
            Requested(new BoxPrompt(Box)),
            Requested(new ScribblePrompt(Polarity.Positive, Speckled())),
            Requested(new StrokePrompt(Polarity.Negative, [new VoxelPoint(1, 2, 3), new VoxelPoint(0.1, 0.2, 0.3)], 2.5)),
            Requested(new LassoPrompt(Polarity.Positive, [new VoxelPoint(1, 2, 3), new VoxelPoint(4, 2, 3), new VoxelPoint(4, 5, 3)])),
            Requested(new MaskPrompt(Speckled())) with { RequestId = null },
        ]),
        new StepAct("1", new MaskEffect(1, 0, "ab"), StepPlace.Volume, "model", "print") { RequestId = "x", Window = new IntensityWindow(0, 0.1), Reads = [Box] },
        new StepAct("1", new MaskEffect(2, 0, "ac"), new StepPlace(new Section.Oblique(Tilted)), "model", "print"),
        new FilledAct("1", new MaskEffect(3, 0, "ad"), new SliceFill(new SlicePlane(Axis.I, 4), new SlicePlane(Axis.I, 5), [new SlicePlane(Axis.I, 7)], "run", IsCleared: true), "model", "print") { Reads = [Box] },
        new AcceptedAct("1", [new SlicePlane(Axis.K, 2)], IsAccepted: true),
        new FilledAct("1", new MaskEffect(3, 0, "ae"), new SliceFill(new SlicePlane(Axis.I, 6), new SlicePlane(Axis.I, 7), [], "p") { TaskId = "t", ExampleIds = ["a", "b"] }, "model", "print"),
        new PropagatedAct("1", "p", new RunEnd(1, [new StoppedEvent(new SlicePlane(Axis.I, 5), 1 / 3f)])),
        new ChosenAct("1", new MaskEffect(3, 0, "bc"), 2) { RequestId = "y" },
        new MovedAct("1", new MaskEffect(0, 1, "cd")) { At = 1_700_000_000_123 },
        new SegmentResetAct("1"),
        new SegmentRemovedAct("1"),
        new LostAct("words"),
    ];

    [Fact]
    public void Acts_come_back_as_they_were_to_the_last_bit()
    {
        Assert.Equal(typeof(Act).Assembly.GetTypes().Count(type => type.IsSubclassOf(typeof(Act)) && !type.IsAbstract), Acts.Select(act => act.GetType()).Distinct().Count());
        foreach (var act in Acts)
        {
            var read = ActJson.Read(ActJson.Write(act));

            Assert.Equal(ActJson.Write(act), ActJson.Write(read!));
        }

        var waiting = (WaitingAct)ActJson.Read(ActJson.Write(Acts[3]))!;
        Assert.Equal(Speckled().Bits.ToArray(), ((ScribblePrompt)waiting.Own[1].Prompt).Voxels.Bits.ToArray());
        var point = (PointPrompt)((WaitingAct)ActJson.Read(ActJson.Write(Acts[2]))!).Carried[0].Prompt;
        Assert.Equal(new VoxelPoint(1.0 / 3, Math.PI, -0.5), point.At);
        var opened = (OpenedAct)ActJson.Read(ActJson.Write(Acts[0]))!;
        Assert.Equal(((OpenedAct)Acts[0]).Volume, opened.Volume);
        Assert.Equal((true, false, false), (opened.Owner.Fits("anna"), opened.Owner.Fits("berta"), opened.Owner.Fits(null)));
    }

    [Fact]
    public void A_journal_torn_at_any_byte_keeps_its_whole_lines_and_goes_on_after_them()
    {
        using var folder = new JournalFolder();
        var (bytes, ends) = Written();
        for (var length = 0; length <= bytes.Length; length++)
        {
            var whole = ends.Count(end => end <= length);

            var (acts, _, _, damage) = JournalText.Read(bytes.AsSpan(0, length));

            Assert.Equal(whole, acts.Count);
            Assert.Equal(length == 0 || ends.Contains(length), damage is null);
            if (length % 17 == 0)
            {
                var path = folder.LeaveBehind(bytes[..length]);
                var (file, _) = JournalFile.Continue(path);
                file.Append(new LostAct("after the tear"));
                file.Dispose();
                var mended = JournalText.Read(File.ReadAllBytes(path));
                Assert.Equal((whole + 1, null), (mended.Acts.Count, mended.Damage));
                File.Delete(path);
            }
        }
    }

    [Fact]
    public void A_damaged_byte_costs_its_line_and_those_behind_and_it_is_told_how_many()
    {
        var (bytes, ends) = Written();
        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x01;

            var text = JournalText.Read(damaged);

            Assert.Equal(ends.Count(end => end <= at), text.Acts.Count);
            Assert.NotNull(text.Damage);
        }

        bytes[ends[2]] ^= 1;
        Assert.Contains($"about {Acts.Length - 3} of its entries", JournalText.Read(bytes).Damage, StringComparison.Ordinal);
        bytes[0] ^= 1;
        Assert.Contains("since the session began", "since " + JournalText.Read(bytes).Damage![^"the session began, could not be read".Length..], StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_a_doubled_and_a_swapped_line_are_noticed()
    {
        var (bytes, ends) = Written();
        Assert.Equal(3, JournalText.Read([.. bytes[..ends[2]], .. bytes[ends[3]..]]).Acts.Count);
        Assert.Equal(4, JournalText.Read([.. bytes[..ends[3]], .. bytes[ends[2]..]]).Acts.Count);
        Assert.Equal(3, JournalText.Read([.. bytes[..ends[2]], .. bytes[ends[3]..ends[4]], .. bytes[ends[2]..ends[3]], .. bytes[ends[4]..]]).Acts.Count);
    }

    private static (byte[] Bytes, List<int> Ends) Written()
    {
        var (bytes, ends, crc) = (new List<byte>(), new List<int>(), 0u);
        foreach (var act in Acts)
        {
            (crc, var line) = JournalLine.Write(act, crc);
            bytes.AddRange(line);
            ends.Add(bytes.Count);
        }

        return ([.. bytes], ends);
    }

    private static RequestedPrompt Requested(Prompt prompt) => new("request", prompt);

    private static BitBlock Speckled()
    {
        var block = new BitBlock(Box);
        block[new Ijk(1, 2, 3)] = block[new Ijk(10, 3, 4)] = block[new Ijk(5, 3, 3)] = true;
        return block;
    }
}
