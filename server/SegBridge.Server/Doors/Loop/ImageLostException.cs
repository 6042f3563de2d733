namespace SegBridge.Server.Doors.Loop;

/// <summary>A session was taken up again whose voxels are not here any more: the client has to send its image again.</summary>
internal sealed class ImageLostException() : Exception("the image is not there any more: send it again");
