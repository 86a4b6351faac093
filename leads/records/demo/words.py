"""What the demo company's people wrote down of their talks, by where the lead stood then.

`{machines}` is how many machines the company runs, `{company}` its name, `{name}` the lead's first name.
"""

from typing import Final

from leads.records.actions import Talk

# Of marketing, while a lead is Engaged: what it did and answered.
ENGAGED: Final = (
    (Talk.MAIL, "Sent the guide on bearing failures, as asked for in the form. Asked which machines stop most."),
    (Talk.MAIL, "{name} answers: mostly the conveyors, two gearboxes this year. Sent the case of a similar plant."),
    (Talk.NOTE, "Stayed to the end of the retrofit webinar and asked how sensors hold on a wet gearbox."),
    (Talk.MAIL, "Invited to the open factory day; {name} would bring the head of maintenance."),
    (Talk.NOTE, "Opened pricing twice this week, from the plant’s network."),
    (Talk.MAIL, "Asked for the data sheet in the local language; sent it with the mounting drawing."),
    (Talk.CALL, "Short call after the download. Reads everything, decides nothing before the yearly stop."),
    (Talk.NOTE, "Met at the fair: {machines} machines, measured by hand every second Friday."),
)
# Of marketing, to qualify: need, timing, who decides.
QUALIFIED: Final = (
    (Talk.CALL, "{machines} machines on paper routes. Wants to see one line monitored before the next stop."),
    (
        Talk.CALL,
        "Need is clear: a bearing took the line down for nine hours in summer. Decides with the plant manager.",
    ),
    (Talk.CALL, "Budget is planned for next year, a pilot could be paid from maintenance now."),
    (Talk.MAIL, "Asked who signs: up to €25,000 the plant alone, above that the group."),
    (Talk.CALL, "Compares us with a service contract and manual rounds. Wants numbers, no slides."),
)
# Of sales, right after accepting.
FIRST_CALL: Final = (
    (Talk.CALL, "Went through the {machines} machines; the pumps are the worry, the presses are new."),
    (Talk.CALL, "Knows the webinar by heart. Wants to hear from a plant that did the retrofit without stopping."),
    (Talk.CALL, "Good talk with {name}. Meeting with the plant manager next week, they bring last year’s stops."),
    (Talk.CALL, "They have a service contract until spring; the question is what we would see earlier."),
    (Talk.CALL, "Cautious: a system from another maker was installed in 2021 and nobody looks at its alarms."),
)
# Of sales, while a deal is worked on.
WORKED_ON: Final = (
    (Talk.MEETING, "On site at {company}. Walked the line, counted {machines} machines, 14 of them critical."),
    (
        Talk.MEETING,
        "Demo with maintenance and IT. IT asks for alarms without a cloud; promised the note on the gateway.",
    ),
    (Talk.MAIL, "Sent the business case: three avoided stops pay the first year. {name} checks the hourly cost."),
    (
        Talk.CALL,
        "“The retrofit stops the line”: explained gluing while it runs, sent the shift report of another plant.",
    ),
    (Talk.CALL, "{name} is convinced, the plant manager wants a price a machine and an end date."),
    (Talk.MAIL, "Answered the questionnaire on IT security, all 42 points."),
    (Talk.MEETING, "Pilot review, week two: caught a loose bearing on pump 7. The shift lead showed it to everybody."),
)
# Of sales, with an offer out.
OFFERED: Final = (
    (Talk.MAIL, "Offer sent: {machines} machines, gateway, two days of mounting. Valid for six weeks."),
    (Talk.CALL, "Offer is with purchasing. They want the service contract as an option, with a price of its own."),
    (Talk.MEETING, "Second price round. Held the price, gave a longer pilot instead."),
    (Talk.MAIL, "Contract back from legal with three remarks; two are fine, one goes to our side."),
    (Talk.CALL, "Decision moved to the board meeting. {name} presents it, we deliver the one-page case."),
)
AFTER_WINNING: Final = (
    (Talk.NOTE, "Mounting is planned for the night shift. They may be named as a reference after three months."),
    (Talk.MAIL, "Welcome mail with the dates of mounting and the names of our technicians."),
    (Talk.MEETING, "Three months in: two early warnings, no stop. Asks about the second hall."),
)
AFTER_LOSING: Final = (
    (Talk.NOTE, "Stay friendly: the new maintenance lead starts in spring and knows us from before."),
    (Talk.CALL, "Called to ask what decided it. Open talk, useful: they never believed the installation time."),
)
NOT_REACHED: Final = ("", "Mailbox, will try again.", "In a meeting until noon, the colleague takes a note.", "")

# By which words a deal was lost or a lead disqualified, by reason; “Other” and some more carry some.
ENDS: Final = {
    "Price": ("Twice the yearly cost of the manual rounds, said purchasing.", "Our price a machine, not the kit."),
    "Competitor": ("Vibrosys, with a discount for three plants.", "The press maker added sensors for nothing."),
    "Timing": ("After the budget in March.", "All projects stopped until the new hall is built."),
    "Product gap": ("Machines below 10 Hz, we cannot measure those.", "Explosion zone 1 is a must."),
    "No decision": ("Silence since the offer, four attempts.", ""),
    "Other": ("The plant is being sold.", "Our champion left the company."),
    "No need": ("Machines are rented with service included.", "Outsourced maintenance last year."),
    "No budget": ("No spending above €5,000 this year.", ""),
    "Wrong audience": ("A student writing a thesis.", "Sells sensors, does not buy them."),
    "Not reachable": ("Wrong number, mail comes back.", ""),
}

# Next steps by stage.
STEPS: Final = {
    "new": ("Confirm e-mail", "Look up the company", "Find out which machines", "Choose a topic"),
    "engaged": ("Mail: what a stop costs", "Mail: pilot in 30 days", "Invitation: open factory", "Ask for the machine list"),
    "mql": ("Call to qualify budget", "Ask who decides", "Case study: bearings", "Ask for the machine list"),
    "sal": ("First call", "Call again", "Meet the plant manager", "Clarify who decides"),
    "sql": ("Demo on site", "Business case, 3 lines", "Technical call with IT", "Pilot review", "Answer on downtime"),
    "proposal": ("Second price round", "Contract to legal", "Call purchasing", "Confirm the mounting date"),
}  # fmt: skip
FIRST_CALL_DONE: Final = (
    "",
    "Reached at the second attempt.",
    "Twenty minutes, knew what they wanted.",
    "They had read the brief, so we came to the machines at once.",
)
ASLEEP: Final = (
    "Budget opens in the new year", "New plant manager starts then", "After the harvest", "Wait for the group’s decision",
)  # fmt: skip
