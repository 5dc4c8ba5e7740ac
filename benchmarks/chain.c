/* How fast could it be? The reduced chain of the model (contributing, serving, remembering,
   surveys, and what is measured) written by hand in plain C.

   Same random numbers, same arithmetic in the same order as the kernels in `sim`, so that after
   any number of weeks every table equals the engine's bit for bit (tests/test_benchmarks.py).
   Whoever changes a number or an order there changes it here. The equations, their units and
   sources stand in `sim/mechanisms`. `tables.h` is written by `benchmarks/chain.py` from the
   engine's own declarations: tables, rules, streams, levers, measures. Names only, no arithmetic.

   Bits agree as long as the compiler neither reorders nor fuses: no -ffast-math,
   -ffp-contract=off. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "tables.h"

typedef struct { uint64_t seed; int64_t week; } Moment;
typedef struct { double first, second, third, fourth; } Four;

static double least(double a, double b) { return b < a ? b : a; }
static double most(double a, double b) { return b > a ? b : a; }
static double clip(double value) { return least(1.0, most(0.0, value)); }
static int64_t modulo(int64_t a, int64_t b) {
    int64_t left = a % b;
    return left < 0 ? left + b : left;
}
static int64_t floored(int64_t a, int64_t b) { return (a - modulo(a, b)) / b; }

/* --- random numbers: Philox4x32-10 and AS 241, as in sim/randomness.py ---------------------- */

static Four uniforms(uint64_t seed, int64_t stream, int64_t week, int64_t agent,
                     int64_t generation) {
    uint32_t c0 = (uint32_t)agent, c1 = (uint32_t)(week + WEEK_ORIGIN);
    uint32_t c2 = (uint32_t)stream, c3 = (uint32_t)generation;
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    const double cell = 1.0 / 4294967296.0;
    return (Four){(c0 + 0.5) * cell, (c1 + 0.5) * cell, (c2 + 0.5) * cell, (c3 + 0.5) * cell};
}

static double normal_quantile(double u) {
    double q = u - 0.5, r, above, below;
    if (fabs(q) <= 0.425) {
        r = 0.180625 - q * q;
        above = (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r
                      + 6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r
                    + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
                  + 1.3314166789178437745e2) * r + 3.3871328727963666080e0);
        below = (((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r
                      + 3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r
                    + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
                  + 4.2313330701600911252e1) * r + 1.0);
        return q * above / below;
    }
    r = sqrt(-log(q < 0.0 ? u : 1.0 - u));
    if (r <= 5.0) {
        r -= 1.6;
        above = (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
                      + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0) * r
                    + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
                  + 4.63033784615654529590e0) * r + 1.42343711074968357734e0);
        below = (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
                      + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
                    + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
                  + 2.05319162663775882187e0) * r + 1.0);
    } else {
        r -= 5.0;
        above = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
                      + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r
                    + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
                  + 5.46378491116411436990e0) * r + 6.65790464350110377720e0);
        below = (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
                      + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r
                    + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
                  + 5.99832206555887937690e-1) * r + 1.0);
    }
    return q < 0.0 ? -above / below : above / below;
}

/* --- what leaders do this week ---------------------------------------------------------------- */

static int gives_up(int64_t since, double then, double nps, int64_t week, const Choosing *p) {
    return p->motive < 1.0 && week - since == (int64_t)p->hurdle_months && nps - then < p->hurdle;
}

static void choose(const World *world, const Choosing *p, const double *levers, Moment moment) {
    const Choices *choices = &world->choices;
    if (choices->week[0] == moment.week) return;
    choices->week[0] = moment.week;
    int acting = 0;
    for (int64_t lever = 0; lever < LEVERS; lever++) {
        choices->before[lever] = choices->now[lever];
        acting = acting || (levers[lever] != REST[lever] && !EVENTS[lever]);
    }
    double nps = world->firm.nps[0];
    if (!acting) {
        choices->since[0] = -1;
        choices->stopped[0] = 0;
    } else if (choices->since[0] < 0) {
        choices->since[0] = moment.week;
        choices->nps_then[0] = nps;
    } else if (gives_up(choices->since[0], choices->nps_then[0], nps, moment.week, p)) {
        choices->stopped[0] = 1;
    }
    double going_on = choices->stopped[0] == 1 ? p->motive : 1.0;
    for (int64_t lever = 0; lever < LEVERS; lever++) {
        double kept = EVENTS[lever] ? 1.0 : going_on;
        choices->now[lever] = REST[lever] + kept * (levers[lever] - REST[lever]);
    }
}

/* --- contributing --------------------------------------------------------------------------- */

static double effort_at(double mean, double latent, const World *world) {
    const double *table = world->effort_table;
    int64_t rows = world->effort_rows, columns = world->effort_columns;
    double across = clip(mean) * (rows - 1);
    double along = (least(most(latent, -LATENT_LIMIT), LATENT_LIMIT) + LATENT_LIMIT) / LATENT_STEP;
    int64_t row = (int64_t)across, column = (int64_t)along;
    if (row > rows - 2) row = rows - 2;
    if (column > columns - 2) column = columns - 2;
    double down = across - row, right = along - column;
    const double *upper = table + row * columns + column, *lower = upper + columns;
    double low = upper[0] * (1.0 - right) + upper[1] * right;
    double high = lower[0] * (1.0 - right) + lower[1] * right;
    return low * (1.0 - down) + high * down;
}

static void believe(const World *world, const Contributing *p) {
    const Staff *staff = &world->staff;
    const Structure *structure = &world->structure;
    for (int64_t team = 0; team < world->team_count; team++) {
        int64_t from = structure->member_start[team], to = structure->member_start[team + 1];
        double total = 0.0;
        int64_t present = 0;
        for (int64_t at = from; at < to; at++) {
            int64_t person = structure->members[at];
            if (staff->vacancy[person] == 0) {
                total += staff->visible_effort[person];
                present++;
            }
        }
        for (int64_t at = from; at < to; at++) {
            int64_t person = structure->members[at];
            if (staff->vacancy[person] != 0) continue;
            double peers = world->teams.doing[team];
            if (present > 1) peers = (total - staff->visible_effort[person]) / (present - 1);
            staff->belief[person] = clip(
                p->belief_base + p->belief_peers * peers + p->belief_own * staff->belief[person]);
        }
    }
}

static double heard_from(int64_t team, double belief, const Teams *teams, const Contributing *p) {
    double shown = p->leader_words * teams->saying[team]
                   + (1.0 - p->leader_words) * teams->doing[team];
    return teams->credibility[team] * shown + (1.0 - teams->credibility[team]) * belief;
}

static double schedule(int64_t kind, double slope, double reference, const Contributing *p) {
    if (kind == KIND_CC) return clip(p->conditional_start + slope * reference);
    if (kind == KIND_TRIANGLE) {
        double rising = reference / p->triangle_peak;
        double falling = (1.0 - reference) / (1.0 - p->triangle_peak);
        return p->triangle_height * most(0.0, least(rising, falling));
    }
    if (kind == KIND_OTHER) return least(1.0, p->other_start + p->other_slope * reference);
    return 0.0;
}

static double pay_factor(double pay, const Contributing *p) {
    double crowded = p->pay_crowding * (1.0 - exp(-pay / p->pay_crowding_scale));
    double bought = p->pay_gain * (1.0 - exp(-pay / p->pay_gain_scale));
    return 1.0 - crowded + bought;
}

static int64_t next_kind(int64_t kind, int exploited, double chance, const Contributing *p) {
    if (kind == KIND_CC) {
        double hazard = exploited ? p->erosion_exploited : p->erosion_otherwise;
        return chance < p->erosion * hazard ? KIND_ERODED : KIND_CC;
    }
    if (kind == KIND_ERODED && chance < p->erosion * p->erosion_recovery) return KIND_CC;
    return kind;
}

static void contribute(const World *world, const Contributing *p, const double *levers,
                       Moment moment, double *weights) {
    const Staff *staff = &world->staff;
    const Teams *teams = &world->teams;
    for (int64_t team = 0; team < world->team_count; team++) {
        double fresh = exp(-teams->weeks_led[team] / p->weight_months);
        weights[team] = p->weight_later + (p->weight_new - p->weight_later) * fresh;
    }
    double paid = pay_factor(levers[LEVER_PAY], p);
    double identity = 1.0 + p->identity_gain * p->identity;
    double seen = most(levers[LEVER_BROADCAST], p->walk_reach * levers[LEVER_WALKS]);
    double reach = p->broadcast_reach * seen;
    for (int64_t person = 0; person < world->people; person++) {
        if (staff->vacancy[person] > 0) continue;
        Four draw = uniforms(
            moment.seed, STREAM_EFFORT, moment.week, person, staff->generation[person]);
        int64_t team = world->structure.team[person];
        double belief = staff->belief[person], reference, intended;
        if (team < 0) {
            reference = intended = teams->doing[TOP_TEAM];
        } else {
            double heard = heard_from(team, belief, teams, p);
            if (reach > 0.0)
                heard = (1.0 - reach) * heard + reach * heard_from(TOP_TEAM, belief, teams, p);
            reference = weights[team] * heard + (1.0 - weights[team]) * belief;
            double planned = schedule(staff->kind[person], staff->slope[person], reference, p);
            double felt = p->drive_from_engagement
                          * (staff->engagement[person] - p->engagement_zero);
            double drive = staff->drive[person] * levers[LEVER_CONTEXT] + felt
                           + p->drive_from_values * (staff->value[person] - p->value_zero);
            double answer = p->effort_base + p->effort_schedule * planned
                            + p->effort_reference * reference;
            intended = clip(paid * (identity * answer + drive));
            if (p->copying == 1) intended = p->copy_ratio * teams->doing[team];
        }
        staff->reference[person] = reference;
        staff->intended_effort[person] = intended;
        double kept = p->persistence;
        double latent = kept * staff->latent[person]
                        + sqrt(1.0 - kept * kept) * normal_quantile(draw.first);
        staff->latent[person] = latent;
        staff->effort[person] = effort_at(intended, latent, world);
        if (levers[LEVER_PAY] > 0.0)
            staff->drive[person] = most(0.0, staff->drive[person] - p->pay_wear);
        if (p->erosion > 0.0)
            staff->kind[person] = next_kind(
                staff->kind[person], staff->effort[person] > belief, draw.second, p);
    }
}

static void contributing(const World *world, const Contributing *p, int64_t round_weeks,
                         const double *levers, Moment moment, double *weights) {
    if (modulo(moment.week, round_weeks) == 0) {
        believe(world, p);
        contribute(world, p, levers, moment, weights);
    }
    double seen = 2.0 / (p->visible_weeks + 1.0);
    double *effort = world->staff.effort, *visible = world->staff.visible_effort;
    for (int64_t person = 0; person < world->people; person++)
        visible[person] += seen * (effort[person] - visible[person]);
}

/* --- serving -------------------------------------------------------------------------------- */

typedef struct {
    double by_bot, preferred, others, helped, routine, rare, shift, helps, gives, surprise, gift;
} Ways;

static double chain_of(double own, double others, double visits, const Serving *p) {
    double joint = own;
    if (p->across > 0.0) joint = pow(own, 1.0 - p->across) * others;
    double silos = p->silo_cost * (p->usual_silo - p->silo * (1.0 - visits));
    return least(1.0, joint * (1.0 + silos));
}

/* `sums` has room for two numbers a department. */
static double chain_of_departments(const World *world, double *sums) {
    const Structure *structure = &world->structure;
    int64_t count = world->departments, found = 0;
    double *total = sums, *people = sums + count, logs = 0.0;
    for (int64_t cell = 0; cell < 2 * count; cell++) sums[cell] = 0.0;
    for (int64_t place = 0; place < world->front; place++) {
        int64_t person = structure->front_staff[place], team = structure->team[person];
        total[structure->department[person]] += world->teams.system[team >= 0 ? team : TOP_TEAM];
        people[structure->department[person]] += 1.0;
    }
    for (int64_t department = 0; department < count; department++) {
        if (people[department] == 0.0) continue;
        logs += log(most(LEAST, total[department] / people[department]));
        found++;
    }
    return found > 0 ? exp(logs / found) : 1.0;
}

static double prepare(int64_t person, double system, double utilisation, double kpi,
                      const Staff *staff, const Serving *p) {
    double willing = most(p->willing_floor,
                          staff->visible_effort[person] * (1.0 - p->kpi_pull * kpi));
    double skill = 1.0 - p->skill_gap * exp(-staff->tenure[person] / p->skill_months);
    double slack = 1.0 - p->slack_weight * (utilisation - p->usual_utilisation);
    double process = 1.0 - p->system_share + p->system_share * system;
    double able = least(1.0, most(LEAST, skill * least(1.0, slack) * process));
    double lost = (1.0 - staff->allowed[person]) * (1.0 + p->strain_cost * staff->strain[person]);
    double allowed = most(LEAST, 1.0 - lost);
    double weights = p->willing_weight + p->able_weight + p->allowed_weight;
    if (p->exponent == -1.0) /* the harmonic mean, without the slow powers */
        return weights / (p->willing_weight / willing + p->able_weight / able
                          + p->allowed_weight / allowed);
    double total = p->willing_weight * pow(willing, p->exponent)
                   + p->able_weight * pow(able, p->exponent)
                   + p->allowed_weight * pow(allowed, p->exponent);
    return pow(total / weights, 1.0 / p->exponent);
}

static void stand_ins(const World *world, int64_t *people) {
    int64_t size = world->front, following = NOBODY;
    for (int64_t step = 2 * size - 1; step >= 0; step--) {
        int64_t position = step < size ? step : step - size;
        int64_t person = world->structure.front_staff[position];
        if (world->staff.vacancy[person] == 0) following = person;
        people[position] = following;
    }
}

static int64_t queue_due(const World *world, double due) {
    const Customers *customers = &world->customers;
    int32_t *queue = world->contacts.customer;
    int64_t last = world->room - 1, found = 0;
    for (int64_t customer = 0; customer < world->places; customer++) {
        queue[found < last ? found : last] = (int32_t)customer;
        found += (customers->next_contact[customer] < due) & (customers->active[customer] == 1);
    }
    return found < last ? found : last;
}

static int64_t meet(const World *world, const int64_t *people, Ways ways, const Serving *p,
                    Moment moment, int64_t *with_person, int64_t *gifts, int64_t *let_down) {
    const Customers *customers = &world->customers;
    const Contacts *contacts = &world->contacts;
    int64_t size = world->front, room = world->room;
    double due = moment.week + 1.0, gap = WEEKS_PER_YEAR / p->contacts_per_year;
    double bots = ways.by_bot;
    int64_t start = 0, stop = queue_due(world, due);
    while (start < stop) {
        int64_t end = stop;
        for (int64_t row = start; row < stop; row++) {
            int64_t customer = contacts->customer[row];
            int64_t number = customers->contacts[customer];
            customers->contacts[customer] = (uint16_t)(
                number + 1 < MOST_CONTACTS ? number + 1 : MOST_CONTACTS);
            Four draw = uniforms(
                moment.seed, STREAM_CONTACT, number, customer, customers->generation[customer]);
            double when = customers->next_contact[customer] - gap * log(draw.third);
            customers->next_contact[customer] = (float)when;
            double whom = draw.first, how = draw.fourth, quality = p->bot_failing;
            int64_t employee = NOBODY;
            if (ways.preferred < ways.by_bot) {
                int recent = moment.week - customers->last_failure[customer] <= p->recent_months;
                bots = recent ? ways.preferred : ways.others;
                *let_down += recent;
            }
            double helps = bots + (1.0 - bots) * ways.helps;
            double gives = bots + (1.0 - bots) * ways.gives;
            if (how >= bots) {
                if (p->account_holders == 1) whom = (double)customer / (double)world->places;
                employee = people[(int64_t)(whom * size)];
            } else if (how >= bots * ways.rare) {
                quality = ways.routine;
            } else if (how < bots * ways.rare * ways.helped) {
                employee = people[(int64_t)(whom * size)];
            }
            if (employee != NOBODY) {
                quality = world->staff.quality[employee];
                world->staff.served[employee]++;
                (*with_person)++;
                if (how >= bots && how < gives) {
                    quality += how < helps ? ways.surprise : ways.gift;
                    *gifts += how >= helps;
                }
            }
            quality += ways.shift + p->noise * normal_quantile(draw.second);
            contacts->employee[row] = (int32_t)employee;
            contacts->number[row] = (int32_t)number;
            contacts->quality[row] = (float)clip(quality);
            if (when < due && end < room) contacts->customer[end++] = (int32_t)customer;
        }
        start = stop;
        stop = end;
    }
    return stop;
}

static Ways ways_of(const Firm *firm, double utilisation, const Serving *p,
                    const double *levers) {
    double late = p->late * most(0.0, utilisation - 1.0);
    double lost = late + p->selling_cost * levers[LEVER_SELLING]
                  + p->crisis_depth * levers[LEVER_CRISIS];
    double helps = p->moment_share * levers[LEVER_MOMENTS];
    double by_bot = least(1.0, p->digital_share + levers[LEVER_AUTOMATION]);
    double down = firm->let_down[0], first = levers[LEVER_PRECEDENCE], others = by_bot;
    if (down < 1.0) others = least(1.0, by_bot * (1.0 + first * down / (1.0 - down)));
    return (Ways){
        .by_bot = by_bot,
        .preferred = by_bot * (1.0 - first),
        .others = others,
        .helped = levers[LEVER_PEOPLE_BEHIND],
        .routine = p->bot_base + p->bot_system * firm->system[0],
        .rare = p->rare_share * (1.0 - p->routing_gain * levers[LEVER_ROUTING]),
        .shift = firm->offer[0] - lost,
        .helps = helps,
        .gives = helps + p->gift_share * levers[LEVER_GIFTS],
        .surprise = p->surprise,
        .gift = p->surprise * firm->gift_sense[0],
    };
}

static void serving(const World *world, const Serving *p, const double *levers, Moment moment,
                    int64_t *people, double *sums) {
    const Staff *staff = &world->staff;
    const Firm *firm = &world->firm;
    const int64_t *front = world->structure.front_staff;
    double utilisation = firm->utilisation[0];
    firm->chain[0] = chain_of_departments(world, sums);
    double others = pow(firm->chain[0], p->across);
    for (int64_t team = 0; team < world->team_count; team++)
        world->teams.chain[team] = chain_of(
            world->teams.system[team], others, levers[LEVER_CROSS_VISITS], p);
    for (int64_t place = 0; place < world->front; place++) {
        int64_t person = front[place], team = world->structure.team[person];
        double system = world->teams.chain[team >= 0 ? team : TOP_TEAM];
        staff->quality[person] = prepare(person, system, utilisation, levers[LEVER_KPI], staff, p);
        staff->served[person] = 0;
    }
    double kept = 1.0 - p->offer_months;
    double chance = normal_quantile(uniforms(moment.seed, STREAM_OFFER, moment.week, 0, 0).first);
    firm->offer[0] = kept * firm->offer[0] + p->offer_spread * sqrt(1.0 - kept * kept) * chance;
    if (levers[LEVER_GIFTS] > 0.0)
        firm->gift_sense[0] += p->gift_months * (1.0 - firm->gift_sense[0]);
    stand_ins(world, people);
    int64_t with_person = 0, gifts = 0, let_down = 0, there = 0;
    firm->contacts[0] = meet(world, people, ways_of(firm, utilisation, p, levers), p, moment,
                             &with_person, &gifts, &let_down);
    firm->gifts[0] = gifts;
    firm->let_down[0] = firm->contacts[0] > 0 ? let_down / (double)firm->contacts[0] : 0.0;
    for (int64_t place = 0; place < world->front; place++)
        there += staff->vacancy[front[place]] == 0;
    if (there > 0) {
        double shorter = 1.0 - p->kpi_speed * levers[LEVER_KPI];
        double asked = with_person * firm->hours_per_contact[0] * shorter;
        firm->utilisation[0] = asked / (there * firm->capacity[0]);
    }
}

/* --- remembering ---------------------------------------------------------------------------- */

static double gain_by_rule(int64_t contacts, double deviation, const Remembering *p) {
    if (p->memory == 1) return p->least_gain; /* constant */
    double shrinking = p->first_gain * p->settling_contacts / (p->settling_contacts + contacts);
    double gain = most(p->least_gain, shrinking);
    if (p->memory == 2) gain = least(1.0, gain * (1.0 + p->peak * fabs(deviation))); /* peaks */
    return gain;
}

/* Complaints expected of this week's contacts. */
static double remember(const World *world, const Remembering *p, double promise, double put_right,
                       double contacts_per_year, Moment moment) {
    const Customers *customers = &world->customers;
    const Contacts *contacts = &world->contacts;
    double raised = p->promise_weight * promise;
    int64_t made = world->firm.contacts[0];
    double rates[ANSWERS], power = 1.0 / most(1.0, contacts_per_year), complaints = 0.0;
    for (int answer = 0; answer < ANSWERS; answer++)
        rates[answer] = 1.0 - pow(1.0 - COMPLAINING[answer], power);
    for (int64_t row = 0; row < made; row++) {
        int64_t customer = contacts->customer[row], number = contacts->number[row];
        double quality = contacts->quality[row];
        double attitude = customers->attitude[customer];
        double expectation = customers->expectation[customer];
        double deviation = quality - (expectation + raised);
        double theta = deviation >= 0.0 ? p->theta : p->loss_ratio * (1.0 + p->theta) - 1.0;
        double satisfaction = clip(quality + theta * deviation);
        if (quality < p->failure) {
            int64_t since = moment.week - customers->last_failure[customer];
            double chance = uniforms(moment.seed, STREAM_RECOVERY, number, customer,
                                     customers->generation[customer]).first;
            if (since > p->forgiving_months && chance < put_right)
                satisfaction = most(satisfaction, attitude);
            customers->last_failure[customer] = (int16_t)moment.week;
        }
        double gain = gain_by_rule(number, satisfaction - attitude, p);
        customers->attitude[customer] = (float)(attitude + gain * (satisfaction - attitude));
        customers->expectation[customer] = (float)(
            expectation + p->adaptation * (quality - expectation));
        contacts->satisfaction[row] = (float)satisfaction;
        if (contacts->employee[row] >= 0)
            world->staff.thanks[contacts->employee[row]] += satisfaction;
        complaints += rates[(int64_t)least(9.0, 9.0 * satisfaction + 0.5)];
    }
    return complaints;
}

static uint32_t mix32(uint32_t key) {
    key ^= key >> 16;
    key *= 0x85EBCA6Bu;
    key ^= key >> 13;
    key *= 0xC2B2AE35u;
    return key ^ (key >> 16);
}

static int64_t neighbour(int64_t customer, int64_t which, int64_t size, double rewiring) {
    uint32_t chance = mix32((uint32_t)(customer * NEIGHBOURS + which) + 0x9E3779B9u);
    int64_t step = which < 2 ? which - 2 : which - 1;
    if (chance < rewiring * 4294967296.0)
        step = 1 + (int64_t)(((uint64_t)mix32(chance + 0x9E3779B9u) * (uint64_t)(size - 1)) >> 32);
    int64_t row = customer + step;
    if (size < 3) return modulo(row, size);
    return row < 0 ? row + size : row >= size ? row - size : row;
}

static void talk(const World *world, const Remembering *p, int64_t turn) {
    const Customers *customers = &world->customers;
    int64_t size = world->places, which = modulo(turn, NEIGHBOURS);
    double total = 0.0;
    for (int64_t customer = 0; customer < size; customer++) {
        customers->heard[customer] = customers->attitude[customer];
        if (customers->active[customer] == 1) total += customers->attitude[customer];
    }
    if (p->hearing > 0.0) {
        for (int64_t customer = 0; customer < size; customer++) {
            if (customers->active[customer] == 0) continue;
            int64_t other = neighbour(customer, which, size, p->far_share);
            if (customers->active[other] == 1) {
                double attitude = customers->heard[customer], told = customers->heard[other];
                customers->attitude[customer] = (float)(attitude + p->hearing * (told - attitude));
            }
        }
    }
    if (world->firm.active[0] > 0) {
        double mean = total / world->firm.active[0];
        double *reputation = world->firm.reputation;
        reputation[0] += p->reputation_months * (mean - reputation[0]);
    }
}

static void begin(int64_t customer, const Customers *customers, double reputation, double gap,
                  Moment moment, const Remembering *p) {
    int64_t generation = ++customers->generation[customer];
    Four draw = uniforms(moment.seed, STREAM_CUSTOMER_START, 0, customer, generation);
    double prior = clip(reputation + p->new_spread * normal_quantile(draw.first));
    Four traits = uniforms(moment.seed, STREAM_CUSTOMER_TRAITS, 0, customer, generation);
    customers->style[customer] = (float)normal_quantile(traits.first);
    customers->attitude[customer] = (float)prior;
    customers->expectation[customer] = (float)prior;
    customers->contacts[customer] = 0;
    customers->last_failure[customer] = LONG_AGO;
    customers->next_contact[customer] = (float)(moment.week + 1.0 - gap * log(draw.second));
    customers->active[customer] = 1;
}

static void renew(const World *world, const Remembering *p, double gap, double shift,
                  Moment moment) {
    const Customers *customers = &world->customers;
    const Firm *firm = &world->firm;
    double years = (double)(moment.week > 0 ? moment.week : 0) / WEEKS_PER_YEAR;
    double usual = firm->usual_satisfaction[0] + p->rival_pace * years;
    double reputation = firm->reputation[0], choice = 1.0 + p->more_choice * shift;
    double come = least(1.0, p->join * exp(p->churn_slope * choice * (reputation - usual)));
    int64_t first = modulo(moment.week, WEEKS_PER_YEAR);
    for (int64_t customer = first; customer < world->places; customer += WEEKS_PER_YEAR) {
        double chance = uniforms(moment.seed, STREAM_RENEWAL, moment.week, customer,
                                 customers->generation[customer]).first;
        if (customers->active[customer] == 0) {
            if (chance < come) {
                begin(customer, customers, reputation, gap, moment, p);
                firm->joined[0]++;
            }
        } else {
            double better = customers->attitude[customer] - usual;
            if (chance < least(1.0, p->churn * exp(-p->churn_slope * choice * better))) {
                customers->active[customer] = 0;
                firm->left[0]++;
            }
        }
    }
    firm->active[0] += firm->joined[0] - firm->left[0];
}

static void remembering(const World *world, const Rules *rules, const double *levers,
                        Moment moment) {
    const Remembering *p = &rules->remembering;
    int64_t round_weeks = rules->calendar.round_weeks;
    for (int64_t place = 0; place < world->front; place++)
        world->staff.thanks[world->structure.front_staff[place]] = 0.0;
    const Firm *firm = &world->firm;
    double yearly = rules->serving.contacts_per_year;
    double put_right = p->recovery
                       + (1.0 - p->recovery) * p->call_success * levers[LEVER_CLOSED_LOOP];
    firm->complaints[0] = remember(world, p, levers[LEVER_PROMISE], put_right, yearly, moment);
    double silence = levers[LEVER_CRISIS] * (1.0 - levers[LEVER_REACTION]);
    firm->reputation[0] = clip(firm->reputation[0] - p->silence * silence);
    if (modulo(moment.week, round_weeks) == 0) talk(world, p, floored(moment.week, round_weeks));
    firm->joined[0] = firm->left[0] = 0;
    renew(world, p, WEEKS_PER_YEAR / yearly, levers[LEVER_POWER_SHIFT], moment);
}

/* --- surveys -------------------------------------------------------------------------------- */

typedef struct { int64_t promoters, detractors, pleased, answers; double loyal; } Answers;

static void count(Answers *heard, double base, double scale, double level, double style,
                  double country) {
    double answer = least(10.0, most(0.0, floor(base + scale * level + style + country + 0.5)));
    heard->promoters += answer >= 9.0;
    heard->detractors += answer <= 6.0;
    heard->pleased += answer >= 7.0;
    heard->loyal += BUYING_AGAIN[(int64_t)most(1.0, answer) - 1];
    heard->answers++;
}

static void count_customer(Answers *heard, double level, double style, const Surveys *p) {
    count(heard, p->customer_base, p->customer_scale, level, p->customer_style * style, p->country);
}

static double score(Answers heard) {
    if (heard.answers == 0) return NAN;
    return 100.0 * (heard.promoters - heard.detractors) / heard.answers;
}

static void ask_customers(const World *world, const Surveys *p, Moment moment) {
    const Customers *customers = &world->customers;
    const Firm *firm = &world->firm;
    Answers all = {0}, sample = {0}, after = {0};
    for (int64_t customer = 0; customer < world->places; customer++)
        if (customers->active[customer] == 1)
            count_customer(&all, customers->attitude[customer], customers->style[customer], p);
    firm->nps_true[0] = score(all);
    firm->praise[0] = all.answers > 0 ? (double)all.pleased / all.answers : NAN;
    firm->loyal[0] = all.answers > 0 ? all.loyal / all.answers : NAN;
    double usual = firm->usual_satisfaction[0];
    double highest = p->response * most(exp(-p->response_slope * usual),
                                        exp(p->response_slope * (1 - usual)));
    for (int64_t draw = 0; draw < p->nps_sample * MOST_TRIES; draw++) {
        Four chance = uniforms(moment.seed, STREAM_NPS_SAMPLE, moment.week, draw, 0);
        if (chance.second >= highest) continue;
        int64_t customer = (int64_t)(chance.first * world->places);
        if (customers->active[customer] == 0) continue;
        double level = customers->attitude[customer];
        if (chance.second >= p->response * exp(p->response_slope * (level - usual))) continue;
        count_customer(&sample, level, customers->style[customer], p);
        if (sample.answers == p->nps_sample) break;
    }
    firm->nps[0] = score(sample);
    int64_t made = firm->contacts[0], asked = p->nps_sample < made ? p->nps_sample : made;
    for (int64_t draw = 0; draw < asked; draw++) {
        Four chance = uniforms(moment.seed, STREAM_TNPS_SAMPLE, moment.week, draw, 0);
        int64_t row = (int64_t)(chance.first * made);
        int64_t customer = world->contacts.customer[row];
        count_customer(&after, world->contacts.satisfaction[row], customers->style[customer], p);
    }
    firm->nps_transactional[0] = score(after);
}

static void ask_staff(const World *world, const Surveys *p, Moment moment, int64_t *there) {
    const Staff *staff = &world->staff;
    int64_t present = 0;
    for (int64_t person = 0; person < world->people; person++)
        if (staff->vacancy[person] == 0) there[present++] = person;
    int64_t wanted = p->enps_sample < present ? p->enps_sample : present;
    Answers heard = {0};
    if (wanted == 0) world->firm.enps[0] = NAN;
    for (int64_t draw = 0; draw < present; draw++) {
        if (draw < wanted) {
            double chance = uniforms(moment.seed, STREAM_ENPS_SAMPLE, moment.week, draw, 0).first;
            int64_t pick = draw + (int64_t)(chance * (present - draw)), picked = there[pick];
            there[pick] = there[draw];
            there[draw] = picked;
        }
        int64_t person = there[draw];
        double luck = uniforms(moment.seed, STREAM_PERSON_STYLE, 0, person,
                               staff->generation[person]).first;
        count(&heard, p->staff_base, p->staff_scale, staff->engagement[person],
              p->staff_style * normal_quantile(luck), p->country);
        if (draw + 1 == wanted) world->firm.enps[0] = score(heard);
    }
    world->firm.enps_true[0] = score(heard);
}

/* --- what is measured ----------------------------------------------------------------------- */

static void measure_staff(const World *world, double *row, double *levels, double *counted) {
    const Staff *staff = &world->staff;
    double front_effort = 0.0, strain = 0.0, effort = 0.0, value = 0.0, engagement = 0.0;
    double squares = 0.0, compliance = 0.0, adopted = 0.0, allowed = 0.0;
    int64_t front = 0, empty = 0;
    for (int64_t cell = 0; cell < LEVEL_MEASURES * world->levels; cell++) levels[cell] = 0.0;
    for (int64_t level = 0; level < world->levels; level++) counted[level] = 0.0;
    for (int64_t person = 0; person < world->people; person++) {
        if (staff->vacancy[person] > 0) {
            empty++;
            continue;
        }
        int64_t level = world->structure.level[person];
        counted[level] += 1.0;
        double *sums = levels + LEVEL_MEASURES * level;
        sums[0] += staff->visible_effort[person];
        sums[1] += staff->value[person];
        sums[2] += staff->engagement[person];
        strain += staff->strain[person];
        squares += staff->value[person] * staff->value[person];
        compliance += staff->compliance[person];
        adopted += staff->adopted[person];
        if (world->structure.front[person] == 1) {
            front_effort += staff->visible_effort[person];
            allowed += staff->allowed[person];
            front++;
        }
    }
    for (int64_t level = 0; level < world->levels; level++) {
        double *sums = levels + LEVEL_MEASURES * level;
        effort += sums[0];
        value += sums[1];
        engagement += sums[2];
        for (int column = 0; column < LEVEL_MEASURES; column++)
            sums[column] = counted[level] == 0.0 ? NAN : sums[column] / counted[level];
    }
    int64_t there = world->people - empty;
    row[MEASURE_EFFORT] = there > 0 ? effort / there : NAN;
    row[MEASURE_EFFORT_FRONT] = front > 0 ? front_effort / front : NAN;
    row[MEASURE_VALUE] = there > 0 ? value / there : NAN;
    row[MEASURE_ENGAGEMENT] = there > 0 ? engagement / there : NAN;
    row[MEASURE_STRAIN] = there > 0 ? strain / there : NAN;
    row[MEASURE_VACANCIES] = empty;
    double mean = row[MEASURE_VALUE];
    row[MEASURE_VALUE_SPREAD] = there > 0 ? sqrt(most(0.0, squares / there - mean * mean)) : NAN;
    row[MEASURE_SHOWN] = mean + (there > 0 ? compliance / there : NAN);
    row[MEASURE_COMPLIANCE] = there > 0 ? compliance / there : NAN;
    row[MEASURE_ADOPTED] = there > 0 ? adopted / there : NAN;
    row[MEASURE_ALLOWED] = front > 0 ? allowed / front : NAN;
}

static void measure_firm(const World *world, double *row) {
    const Firm *firm = &world->firm;
    double safety = 0.0;
    for (int64_t team = 0; team < world->team_count; team++) safety += world->teams.safety[team];
    row[MEASURE_SAFETY] = safety / world->team_count;
    row[MEASURE_CYNICISM] = firm->cynicism[0];
    row[MEASURE_HEARD] = firm->heard[0];
    row[MEASURE_BELIEVED] = firm->believed[0];
    row[MEASURE_KNOWN] = firm->known[0];
    row[MEASURE_DISCRETION] = firm->discretion[0];
    row[MEASURE_CLARITY] = firm->clarity[0];
    row[MEASURE_INSIDE] = firm->inside[0];
    row[MEASURE_WAITING] = firm->waiting[0];
    row[MEASURE_DENIED] = firm->denied[0];
    row[MEASURE_LOAD] = firm->load[0];
    row[MEASURE_COMPLAINTS] = firm->complaints[0];
    row[MEASURE_GIFTS] = firm->gifts[0];
    row[MEASURE_STRUCTURAL] = firm->structural[0];
    row[MEASURE_REVENUE] = firm->revenue[0];
    row[MEASURE_COST] = firm->cost[0];
    row[MEASURE_PROFIT] = firm->profit[0];
    row[MEASURE_MARGIN] = firm->revenue[0] > 0.0 ? firm->profit[0] / firm->revenue[0] : NAN;
}

static void measure_customers(const World *world, double *row) {
    const Customers *customers = &world->customers;
    double attitude = 0.0, expectation = 0.0, quality = 0.0, satisfaction = 0.0;
    for (int64_t customer = 0; customer < world->places; customer++) {
        if (customers->active[customer] == 1) {
            attitude += customers->attitude[customer];
            expectation += customers->expectation[customer];
        }
    }
    int64_t active = world->firm.active[0], made = world->firm.contacts[0];
    row[MEASURE_ATTITUDE] = active > 0 ? attitude / active : NAN;
    row[MEASURE_EXPECTATION] = active > 0 ? expectation / active : NAN;
    for (int64_t contact = 0; contact < made; contact++) {
        quality += world->contacts.quality[contact];
        satisfaction += world->contacts.satisfaction[contact];
    }
    row[MEASURE_QUALITY] = made > 0 ? quality / made : NAN;
    row[MEASURE_SATISFACTION] = made > 0 ? satisfaction / made : NAN;
}

static void measure(const World *world, const Calendar *calendar, Moment moment, double *row,
                    double *levels, double *counted) {
    const Firm *firm = &world->firm;
    const Teams *teams = &world->teams;
    if (modulo(moment.week, calendar->nps_weeks) == 0) {
        row[MEASURE_NPS] = firm->nps[0];
        row[MEASURE_NPS_TRUE] = firm->nps_true[0];
        row[MEASURE_NPS_TRANSACTIONAL] = firm->nps_transactional[0];
        row[MEASURE_PLEASED] = firm->praise[0];
        row[MEASURE_LOYAL] = firm->loyal[0];
    }
    if (modulo(moment.week, calendar->enps_weeks) == 0) {
        row[MEASURE_ENPS] = firm->enps[0];
        row[MEASURE_ENPS_TRUE] = firm->enps_true[0];
    }
    measure_staff(world, row, levels, counted);
    measure_customers(world, row);
    row[MEASURE_SYSTEM] = firm->system[0];
    row[MEASURE_DOING] = teams->doing[TOP_TEAM];
    row[MEASURE_SAYING] = teams->saying[TOP_TEAM];
    row[MEASURE_CREDIBILITY] = teams->credibility[TOP_TEAM];
    row[MEASURE_CUSTOMERS] = firm->active[0];
    row[MEASURE_JOINED] = firm->joined[0];
    row[MEASURE_LEFT] = firm->left[0];
    row[MEASURE_CONTACTS] = firm->contacts[0];
    row[MEASURE_UTILISATION] = firm->utilisation[0];
    row[MEASURE_QUITS] = firm->quits[0];
    row[MEASURE_OFFER] = firm->offer[0];
    row[MEASURE_CLIMATE] = firm->climate[0];
    row[MEASURE_REPUTATION] = firm->reputation[0];
    row[MEASURE_SHARE] = firm->share[0];
    measure_firm(world, row);
}

/* --- the weeks ------------------------------------------------------------------------------ */

/* All weeks of a timetable [weeks, LEVERS] from week `first`, written into weekly
   [weeks, MEASURES] and levels [weeks, levels, LEVEL_MEASURES]. Returns 0, or 1 without memory. */
int run_chain(const World *world, const Rules *rules, const double *timetable, int64_t weeks,
              uint64_t seed, int64_t first, double *weekly, double *levels) {
    int64_t sums = world->team_count + world->levels;
    double *weights = malloc((sums + 2 * world->departments) * sizeof *weights);
    int64_t *people = malloc((world->front + world->people) * sizeof *people);
    if (!weights || !people) {
        free(weights);
        free(people);
        return 1;
    }
    const Calendar *calendar = &rules->calendar;
    for (int64_t row = 0; row < weeks; row++) {
        Moment moment = {seed, first + row};
        choose(world, &rules->choosing, timetable + row * LEVERS, moment);
        const double *levers = world->choices.now;
        contributing(world, &rules->contributing, calendar->round_weeks, levers, moment, weights);
        serving(world, &rules->serving, levers, moment, people, weights + sums);
        remembering(world, rules, levers, moment);
        if (modulo(moment.week, calendar->nps_weeks) == 0)
            ask_customers(world, &rules->surveys, moment);
        if (modulo(moment.week, calendar->enps_weeks) == 0)
            ask_staff(world, &rules->surveys, moment, people + world->front);
        measure(world, calendar, moment, weekly + row * MEASURES,
                levels + row * LEVEL_MEASURES * world->levels, weights + world->team_count);
    }
    free(weights);
    free(people);
    return 0;
}
