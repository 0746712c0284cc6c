/** An operation that makes no sense where it stands; nothing is compared then. */
final class Invalid extends RuntimeException {
    Invalid(String why) {
        super(why);
    }
}
